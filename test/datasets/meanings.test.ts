/** What values of each set mean, worked out by hand. */
import { describe, expect, it } from 'vitest';
import { type ConvertSettings, converted, shortOf } from './converting.ts';
import { BEGIN, fileText, publishedOf, rowText } from './published.ts';

/** Records of one row with these changes. */
async function recordsOf(name: string, changes: Readonly<Record<string, string>>, settings?: ConvertSettings) {
  const published = publishedOf(name);
  return converted(published.from, [fileText(published, [rowText(published, changes)])], settings);
}

async function short(name: string, changes: Readonly<Record<string, string>>): Promise<string[]> {
  return (await recordsOf(name, changes)).records.map(shortOf);
}

describe('CIDDS', () => {
  it.each([
    ['730', 730],
    ['0', 0],
    ['1.0 M', 1_000_000],
    ['  2.1 M', 2_100_000],
    ['12.5 G', 12_500_000_000],
    ['3 K', 3_000],
    ['1.5T', 1_500_000_000_000],
  ])('has bytes written as "%s"', async (text, bytes) => {
    expect((await recordsOf('CIDDS', { Bytes: text })).records.map((record) => record.bytes)).toEqual([bytes]);
  });

  it.each([
    ['from the higher port', '50000', '80', '.AP.SF', 3],
    ['from the lower port, with an ACK: an answer', '80', '50000', '.AP.SF', 19],
    ['from the lower port, without one', '80', '50000', '....S.', 2],
    ['of a bare reset', '80', '50000', '...R..', 4],
    ['of no SYN', '50000', '80', '.AP...', 0],
    ['in hexadecimal, as newer exports have them', '50000', '80', '0x1b', 3],
    ['with ECE and CWR', '50000', '80', '0xc2', 2],
  ])('has flags %s', async (_, source, destination, flags, expected) => {
    const { records } = await recordsOf('CIDDS', { 'Src Pt': source, 'Dst Pt': destination, Flags: flags });
    expect(records.map(({ tcpFlags }) => tcpFlags)).toEqual([expected]);
  });

  it('writes type and code of ICMP into the port, which flow logs do not have', async () => {
    expect(await short('CIDDS', { Proto: 'ICMP ', 'Src Pt': '0', 'Dst Pt': '8.0', Flags: '......' })).toEqual([
      '10.0.0.5:0>198.51.100.9:0 5 730 0',
    ]);
  });

  it('hides addresses, each of which becomes one of its own', async () => {
    const hidden = ['10008_113', '10008_114', '10009_113', 'DNS', 'EXT_SERVER', 'ATTACKER1', 'OPENSTACK_NET'];
    const published = publishedOf('CIDDS');
    const rows = hidden.map((name) => rowText(published, { 'Dst IP Addr': name }));
    const { records } = await converted('netflow-csv', [fileText(published, rows)]);
    expect(records.map(({ flow }) => flow!.dstaddr)).toEqual([
      '240.39.24.113',
      '240.39.24.114',
      '240.39.25.113',
      '241.0.0.1',
      '241.0.0.2',
      '241.0.0.4',
      '241.0.0.3',
    ]);
  });

  it.each([
    ['normal', '---', 'benign'],
    ['attacker', 'bruteForce', 'brute-force'],
    ['victim', 'dos', 'denial-of-service'],
    ['attacker', 'pingScan', 'scan'],
    ['suspicious', '---', 'unlabelled'],
    ['unknown', '---', 'unlabelled'],
  ])('labels class %s with attack %s as %s', async (name, attackType, label) => {
    expect((await recordsOf('CIDDS', { class: name, attackType })).report.labels).toEqual({ [label]: 1 });
  });
});

describe("UGR'16", () => {
  it('tells the end of a flow, from which its duration goes back', async () => {
    const { records } = await recordsOf("UGR'16", { te: '2026-09-21 14:20:02', td: '1.750' });
    expect(records.map(({ start, end }) => [start - BEGIN, end - BEGIN])).toEqual([[0, 2]]);
  });

  it('never begins a flow before 1970', async () => {
    const { records, report } = await recordsOf("UGR'16", { te: '1970-01-01 00:00:05', td: '60' });
    expect(report.dropped).toEqual({});
    expect(Math.min(...records.map(({ start }) => start))).toBe(0);
  });

  it('may come with a header, whatever the label column is called', async () => {
    for (const label of ['lbl', 'label', 'type']) {
      const published = publishedOf("UGR'16");
      const columns = published.columns.map((name) => (name === 'lbl' ? label : name));
      const text = `${columns.join(',')}\n${rowText(published, { lbl: 'scan44' })}\n`;
      expect((await converted('netflow-csv', [text])).report).toMatchObject({ rows: 1, labels: { scan: 1 } });
    }
  });

  it('has calibration files without labels, whose flows are what the converter is told', async () => {
    const published = publishedOf("UGR'16");
    const row = rowText(published).split(',').slice(0, 12).join(',');
    const { report, labels } = await converted('netflow-csv', [row], { label: 'benign' });
    expect(report).toMatchObject({ rows: 1, flows: 1, labels: { benign: 1 } });
    expect(labels).toEqual([`${BEGIN},${BEGIN + 2},,,,,,benign`]);
  });
});

describe('NF sets', () => {
  it.each([
    ['UDP', { PROTOCOL: '17' }, ['10.0.0.5:50000>198.51.100.9:80 5 730 0', '198.51.100.9:80>10.0.0.5:50000 5 2130 0']],
    ['ICMP', { PROTOCOL: '1' }, ['10.0.0.5:0>198.51.100.9:0 5 730 0', '198.51.100.9:0>10.0.0.5:0 5 2130 0']],
    [
      'an answered SYN that was reset',
      { CLIENT_TCP_FLAGS: '2', SERVER_TCP_FLAGS: '20' },
      ['10.0.0.5:50000>198.51.100.9:80 5 730 2', '198.51.100.9:80>10.0.0.5:50000 5 2130 4'],
    ],
    [
      'flags that nobody noted',
      { CLIENT_TCP_FLAGS: '', SERVER_TCP_FLAGS: '' },
      ['10.0.0.5:50000>198.51.100.9:80 5 730 -', '198.51.100.9:80>10.0.0.5:50000 5 2130 -'],
    ],
    ['no answer', { OUT_PKTS: '0', OUT_BYTES: '0' }, ['10.0.0.5:50000>198.51.100.9:80 5 730 3']],
  ])('tell %s', async (_, changes, expected) => {
    expect(await short('NF sets, version 3', changes)).toEqual(expected);
  });
});

describe('Zeek', () => {
  it('calls both ICMPs by one name, which the address tells apart', async () => {
    const protocols = async (source: string, destination: string, vpc: string) => {
      const changes = { proto: 'icmp', 'id.orig_h': source, 'id.resp_h': destination };
      const { records } = await recordsOf('Zeek', changes, { vpc: [vpc] });
      return [...new Set(records.map(({ flow }) => flow!.protocol))];
    };
    expect(await protocols('10.0.0.5', '198.51.100.9', '10.0.0.0/8')).toEqual([1]);
    expect(await protocols('fd00::5', '2001:db8::9', 'fd00::/8')).toEqual([58]);
  });

  it('knows no flags without a history, and none that a flow log shows in an unusual one', async () => {
    const flags = async (history: string) =>
      (await recordsOf('Zeek', { history })).records.map(({ tcpFlags }) => tcpFlags);
    expect(await flags('-')).toEqual([undefined, undefined]);
    expect(await flags('^dD')).toEqual([0, 0]);
    expect(await flags('ShR')).toEqual([6, 18]);
  });

  it('may write another separator and another word for nothing', async () => {
    const published = publishedOf('Zeek');
    const row = rowText({ ...published, separator: '|' }, { duration: 'NIL', history: 'NIL' });
    const text = `#separator \\x7c\n#unset_field|NIL\n#fields|${published.columns.join('|')}\n${row}\n`;
    const { records, report } = await converted('zeek', [text]);
    expect(report.dropped).toEqual({});
    expect(records.map(({ start, end, tcpFlags }) => [start, end, tcpFlags])).toEqual([
      [BEGIN, BEGIN, undefined],
      [BEGIN, BEGIN, undefined],
    ]);
  });

  it('may change its fields in the middle of a file, as joined files do', async () => {
    const published = publishedOf('Zeek');
    const turned = { ...published, columns: published.columns.toReversed() };
    const text = fileText(published, [rowText(published)]) + fileText(turned, [rowText(turned)]);
    expect((await converted('zeek', [text])).report).toMatchObject({ rows: 2, flows: 2, dropped: {} });
  });
});

describe('Zeek as JSON', () => {
  const values = {
    ts: 1_790_000_400.5,
    'id.orig_h': '10.0.0.5',
    'id.orig_p': 50_000,
    'id.resp_h': '198.51.100.9',
    'id.resp_p': 80,
    proto: 'tcp',
    duration: 2.25,
    history: 'ShADadFf',
    orig_pkts: 5,
    orig_ip_bytes: 730,
    resp_pkts: 5,
    resp_ip_bytes: 2_130,
  };
  const json = (changes: object) => converted('zeek', [JSON.stringify({ ...values, ...changes })]);

  it('is read with times as numbers or ISO 8601', async () => {
    for (const ts of [1_790_000_400.5, '1790000400.5', '2026-09-21T14:20:00.500000Z']) {
      const { records } = await json({ ts });
      expect(records.map(shortOf)).toEqual(publishedOf('Zeek').records);
      expect(records[0].start).toBe(BEGIN);
    }
  });

  it('may leave out what it did not see', async () => {
    const { records, report } = await json({
      duration: undefined,
      history: undefined,
      resp_pkts: null,
      resp_ip_bytes: '-',
    });
    expect(report.dropped).toEqual({});
    expect(records.map(shortOf)).toEqual(['10.0.0.5:50000>198.51.100.9:80 5 730 -']);
  });

  it.each([
    ['a number in the place of an address', { 'id.orig_h': 5 }, 'address'],
    ['an object', { ts: { seconds: 5 } }, 'time'],
    ['an object that has no text of its own', { ts: { toString: 1, valueOf: 1 } }, 'time'],
    ['a list', { orig_pkts: [5] }, 'count'],
    ['a truth value', { orig_pkts: true }, 'count'],
    ['a time of no calendar', { ts: '2026-13-45T99:00:00Z' }, 'time'],
  ])('counts %s as a value at fault', async (_, changes, reason) => {
    expect((await json(changes)).report).toMatchObject({ rows: 1, flows: 0, dropped: { [reason]: 1 } });
  });

  it('counts a list in lists in lists, however deep', async () => {
    const deep = `{"orig_pkts":${'['.repeat(7_000)}1${']'.repeat(7_000)}}`;
    expect((await converted('zeek', [deep])).report).toMatchObject({ rows: 1, dropped: { protocol: 1 } });
  });

  it('counts a line that is cut, and one that holds no connection', async () => {
    const text = `${JSON.stringify(values).slice(0, -1)}\n{}\n${JSON.stringify(values)}\n`;
    const { report } = await converted('zeek', [text]);
    expect(report).toMatchObject({ rows: 3, flows: 1, dropped: { json: 1, protocol: 1 } });
  });
});

describe('CICFlowMeter', () => {
  it.each([
    ['21/9/2026 9:20', '2026-09-21T09:20:00Z'],
    ['21/9/2026 2:20', '2026-09-21T14:20:00Z'],
    ['21/09/2026 02:20:00', '2026-09-21T14:20:00Z'],
    ['21/09/2026 02:20:00 AM', '2026-09-21T02:20:00Z'],
    ['2026-09-21 02:20:00', '2026-09-21T02:20:00Z'],
  ])('writes %s for %s', async (timestamp, time) => {
    const { records } = await recordsOf('CIC-IDS2017', { Timestamp: timestamp });
    expect(records[0].start).toBe(Date.parse(time) / 1_000);
  });

  it('counts payload, to which headers come: those that are stated where they are possible, else the least', async () => {
    const bytes = async (header: string) =>
      (await recordsOf('CIC-IDS2017', { 'Fwd Header Length': header })).records[0].bytes;
    // Five packets of payload 490 with IP headers of 20; TCP headers have 20 to 60 bytes each.
    expect(await bytes('100')).toBe(490 + 100 + 100);
    expect(await bytes('300')).toBe(490 + 300 + 100);
    for (const impossible of ['301', '99', '-32', '0', '', 'x', '140.5', 'Infinity']) {
      expect([impossible, await bytes(impossible)]).toEqual([impossible, 490 + 100 + 100]);
    }
  });

  it('counts headers of 8 bytes for UDP and of 40 for IPv6', async () => {
    const udp = await recordsOf('CIC-IDS2017', { Protocol: '17', 'Fwd Header Length': '', 'Bwd Header Length': '' });
    expect(udp.records.map(({ bytes }) => bytes)).toEqual([490 + 40 + 100, 1_930 + 40 + 100]);
    const addresses = { 'Source IP': 'fd00::5', 'Destination IP': '2001:db8::9' };
    const ipv6 = await recordsOf('CIC-IDS2017', addresses, { vpc: ['fd00::/8'] });
    expect(ipv6.records.map(({ bytes }) => bytes)).toEqual([490 + 140 + 200, 1_930 + 100 + 200]);
  });

  it.each([
    ['one SYN, no answer', { 'SYN Flag Count': '1', 'FIN Flag Count': '0', 'Total Bwd packets': '0' }, [2]],
    ['a SYN and its answer', { 'SYN Flag Count': '2', 'FIN Flag Count': '0' }, [2, 18]],
    ['one FIN: the source closed', { 'SYN Flag Count': '2', 'FIN Flag Count': '1' }, [3, 18]],
    ['a refusal', { 'SYN Flag Count': '1', 'FIN Flag Count': '0', 'Bwd RST Flags': '1' }, [2, 4]],
    ['a middle without beginning or end', { 'SYN Flag Count': '0', 'FIN Flag Count': '0' }, [0, 0]],
    ['all of it', { 'Fwd RST Flags': '3', 'Bwd RST Flags': '1' }, [7, 23]],
  ])('in its corrected version tells flags of %s', async (_, changes, expected) => {
    const { records } = await recordsOf('corrected CIC-IDS2017', changes);
    expect(records.map(({ tcpFlags }) => tcpFlags)).toEqual(expected);
  });
});

describe('UNSW-NB15', () => {
  it('writes nothing, or a hyphen, where there is no port', async () => {
    expect(await short('UNSW-NB15', { sport: '-', dsport: '0x0035', proto: 'udp' })).toEqual([
      '10.0.0.5:0>198.51.100.9:53 5 730 0',
      '198.51.100.9:53>10.0.0.5:0 5 2130 0',
    ]);
  });

  it.each([
    ['', '0', 'benign', undefined],
    [' Fuzzers ', '1', 'other-attack', undefined],
    ['DoS', '1', 'denial-of-service', undefined],
    ['', '1', 'unlabelled', 'no category'],
  ])('labels category "%s" with Label %s as %s', async (category, label, expected, unknown) => {
    const { report } = await recordsOf('UNSW-NB15', { attack_cat: category, Label: label });
    expect(report.labels).toEqual({ [expected]: 1 });
    expect(Object.keys(report.unknownLabels)).toEqual(unknown === undefined ? [] : [unknown]);
  });
});
