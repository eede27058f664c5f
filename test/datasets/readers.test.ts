import { describe, expect, it } from 'vitest';
import { packetFlags, sideFlags } from '../../lib/datasets/flags.ts';
import { ciddsAddress } from '../../lib/datasets/netflow.ts';
import { hasPorts, protocolNumber } from '../../lib/datasets/protocols.ts';
import { historyFlags } from '../../lib/datasets/zeek.ts';
import { converted, shortOf } from './converting.ts';

describe('flags', () => {
  it.each([
    [2, 2],
    [18, 18],
    [16, 0],
    [24, 0],
    [17, 1],
    [20, 4],
    [194, 2],
    [43, 3],
  ])('of a packet with 0x%x are recorded as %i', (header, expected) => {
    expect(packetFlags(header)).toBe(expected);
  });

  it('of a side depend on who answers', () => {
    expect([sideFlags(27, false), sideFlags(27, true), sideFlags(25, true), sideFlags(0, true)]).toEqual([3, 19, 1, 0]);
  });

  it.each([
    ['ShADadFf', 3, 19],
    ['S', 2, 0],
    ['Sr', 2, 4],
    ['^hA', 0, 18],
    ['HR', 22, 0],
    ['CCC', 0, 0],
    ['ShADadI', 7, 18],
    ['', undefined, undefined],
  ])('of the history %s', (history, origin, responder) => {
    expect([historyFlags(history, 'origin'), historyFlags(history, 'responder')]).toEqual([origin, responder]);
  });
});

describe('protocols', () => {
  it.each([
    ['tcp', 6],
    ['UDP ', 17],
    ['rtp', 17],
    ['ipv6-icmp', 58],
    ['ICMP6', 58],
    ['gre', 47],
    ['ospf', 89],
    ['sctp', 132],
    ['udplite', 136],
    ['3pc', 34],
    ['a/n', 107],
    ['0', 0],
    ['255', 255],
  ])('%s is %i', (name, number) => {
    expect(protocolNumber(name, 'proto')).toBe(number);
  });

  it('refuses names and numbers that are none, and tells what is beside IP', () => {
    for (const name of ['', '-', 'any', 'unas', '256', '-1', '6.0']) {
      expect(() => protocolNumber(name, 'proto')).toThrow('proto: not an IP protocol');
    }
    expect(() => protocolNumber('arp', 'proto')).toThrow('proto: a protocol beside IP');
  });

  it('have ports or not', () => {
    expect([1, 6, 17, 47, 58, 132].filter(hasPorts)).toEqual([6, 17, 132]);
  });
});

describe('addresses of CIDDS', () => {
  it.each([
    ['10008_113', '240.39.24.113'],
    ['65535_255', '240.255.255.255'],
    ['DNS', '241.0.0.1'],
    ['ATTACKER3', '241.0.0.6'],
    ['192.168.100.5', '192.168.100.5'],
    ['70000_1', '70000_1'],
  ])('%s is %s', (text, address) => {
    expect(ciddsAddress(text)).toBe(address);
  });
});

const NF_V2 =
  'IPV4_SRC_ADDR,L4_SRC_PORT,IPV4_DST_ADDR,L4_DST_PORT,PROTOCOL,L7_PROTO,IN_BYTES,IN_PKTS,OUT_BYTES,OUT_PKTS,TCP_FLAGS,FLOW_DURATION_MILLISECONDS,Label,Attack\n10.0.0.1,1,10.0.0.2,2,6,0,1,1,1,1,1,1,0,Benign\n';

describe('content that is something else', () => {
  it.each([
    ['argus', 'a,b,c\n1,2,3\n', 'no column "StartTime" in the header, expected that of Argus'],
    [
      'cic',
      'Dst Port,Protocol,Timestamp,Flow Duration\n',
      'no column "Src IP" in the header, expected that of CICFlowMeter with addresses',
    ],
    ['zeek', '1545403816.5\tC1\n', 'no line #fields before the first row, expected a Zeek conn.log'],
    ['zeek', '#fields\tts\tuid\n', 'no column "id.orig_h" in the header'],
    ['netflow-csv', 'a,b\n', "columns a,b… are of no known set, expected those of CIDDS, UGR'16 or an NF set"],
    ['netflow-csv', NF_V2, 'the rows have no start times: NF sets of versions 1 and 2 hold durations only'],
    ['unsw-nb15', '1,2,3\n', 'the first row has 3 values, expected the 49 of UNSW-NB15 with addresses'],
    ['pcap', 'this is not a packet capture', 'begins with 0x74686973, expected a capture in pcap'],
    ['pcap', '', '0 bytes are no capture, expected pcap or pcapng'],
    ['argus', '\xfd7zXZ\x00', 'looks like xz; unpack it into standard input: xz -dc FILE | flowtrap convert'],
  ] as const)('of %s: refuses %j', async (from, content, failure) => {
    const { report } = await converted(from, [Buffer.from(content, 'latin1')]);
    expect(report.failures[0].failure).toContain(failure);
    expect(report).toMatchObject({ rows: 0, flows: 0 });
  });
});

describe('Argus', () => {
  const header =
    'StartTime,Dur,Proto,SrcAddr,Sport,Dir,DstAddr,Dport,State,sTos,dTos,TotPkts,TotBytes,SrcBytes,srcUdata,Label';

  it('is read with Unix times, payload columns, hexadecimal ports, CRLF and a repeated header', async () => {
    const row = '1313488800.5,0.5,udp,10.0.0.5,0x1388,->,192.0.2.1,0x0035,CON,0,0,2,200,100,s[3]=AAA,';
    const { records, report, labels } = await converted('argus', [`${header}\r\n${row}\r\n${header}\r\n${row}`], {
      label: 'benign',
    });
    expect(records.map(shortOf)).toEqual(['10.0.0.5:5000>192.0.2.1:53 2 172 0', '192.0.2.1:53>10.0.0.5:5000 2 172 0']);
    expect(report).toMatchObject({ rows: 2, flows: 2, labels: { benign: 2 } });
    // Nothing in the data says what they are: one row covers them all.
    expect(labels).toEqual(['1313488800,1313488801,,,,,,benign']);
  });
});
