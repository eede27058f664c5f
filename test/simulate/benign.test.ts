import { describe, expect, it } from 'vitest';
import type { FlowRecord } from '../../lib/flowlog/record.ts';
import { SCENARIOS } from '../../lib/simulate/catalog.ts';
import { options, runAll } from './runs.ts';

const BENIGN = SCENARIOS.filter(({ label }) => label === 'benign');

/** Flow records of one behaviour over some seeds. */
function flowsOf(name: string, seeds = 6, hosts = 20): FlowRecord[] {
  return Array.from({ length: seeds }, (_, seed) => runAll(options({ seed, hosts, scenarios: [name] })).records)
    .flat()
    .filter(({ flow }) => flow);
}

const share = (records: readonly FlowRecord[], test: (record: FlowRecord) => boolean) =>
  records.filter(test).length / records.length;

/** Flows of a direction by whether any record runs the other way. */
function unanswered(records: readonly FlowRecord[]): number {
  const answered = new Set(
    records.map(({ flow: f }) => `${f!.dstaddr} ${f!.dstport} ${f!.srcaddr} ${f!.srcport} ${f!.protocol}`),
  );
  const asked = records.filter(({ flow }) => flow!.direction === 'egress');
  return share(
    asked,
    ({ flow: f }) => !answered.has(`${f!.srcaddr} ${f!.srcport} ${f!.dstaddr} ${f!.dstport} ${f!.protocol}`),
  );
}

describe.each(BENIGN)('$name', ({ name }) => {
  it('makes traffic in networks of any size and labels none of it', () => {
    let flows = 0;
    for (const [seed, hosts] of [
      [1, 4],
      [2, 9],
      [3, 40],
      [4, 100],
    ] as const) {
      const { records, labels } = runAll(options({ seed, hosts, minutes: 30, scenarios: [name] }));
      flows += records.filter(({ flow }) => flow).length;
      expect(labels).toEqual([]);
    }
    expect(flows).toBeGreaterThan(0);
  });

  it('differs between seeds in volume', () => {
    const volumes = [1, 2, 3, 4].map((seed) =>
      runAll(options({ seed, minutes: 60, scenarios: [name] })).records.reduce((sum, { bytes }) => sum + bytes, 0),
    );
    expect(new Set(volumes).size).toBeGreaterThan(1);
  });
});

describe('what looks like an attack', () => {
  it('peer-to-peer asks many peers on many ports, and a third or more do not answer', () => {
    const flows = flowsOf('peer-to-peer');
    expect(new Set(flows.map(({ flow }) => flow!.dstport)).size).toBeGreaterThan(200);
    expect(unanswered(flows)).toBeGreaterThan(0.2);
    expect(unanswered(flows)).toBeLessThan(0.7);
  });

  it('backscatter is SYN-ACK or RST without any SYN', () => {
    const inward = flowsOf('backscatter').filter(({ flow }) => flow!.direction === 'ingress');
    expect(inward.length).toBeGreaterThan(50);
    expect(inward.every(({ tcpFlags }) => tcpFlags === 18 || tcpFlags === 4)).toBe(true);
  });

  it('a dead backend is one target and one port, never served', () => {
    const { records } = runAll(options({ seed: 2, scenarios: ['dead-backend'] }));
    const flows = records.filter(({ flow }) => flow?.direction === 'egress' && flow.protocol === 6);
    expect(flows.length).toBeGreaterThan(0);
    expect(flows.some(({ tcpFlags }) => (tcpFlags! & 18) === 18)).toBe(false);
    const targets = new Set(
      flows.filter(({ tcpFlags }) => tcpFlags === 2).map(({ flow }) => `${flow!.dstaddr} ${flow!.dstport}`),
    );
    expect(targets.size).toBeLessThanOrEqual(3);
  });

  it('monitoring asks one host after the other on several ports, and some are dead', () => {
    const { records } = runAll(options({ seed: 3, hosts: 30, scenarios: ['monitoring'] }));
    const asked = records.filter(
      ({ flow }) => flow?.direction === 'egress' && (flow.dstport < 1_024 || flow.dstport === 9_100),
    );
    expect(new Set(asked.map(({ flow }) => flow!.dstaddr)).size).toBeGreaterThan(8);
    expect(new Set(asked.map(({ flow }) => flow!.dstport)).size).toBeGreaterThan(2);
    expect(new Set(asked.map(({ flow }) => flow!.protocol)).size).toBe(3);
  });

  it('mail polling is a series of short equal sessions to mail ports', () => {
    const flows = flowsOf('mail-polling').filter(({ tcpFlags }) => (tcpFlags! & 19) === 3);
    expect(flows.length).toBeGreaterThan(100);
    expect(new Set(flows.map(({ flow }) => flow!.dstport))).toEqual(new Set([110, 143, 587, 993, 995]));
    expect(share(flows, ({ packets }) => packets < 60)).toBeGreaterThan(0.9);
  });

  it('a load test is dense and answered', () => {
    const flows = flowsOf('load-test');
    expect(flows.length).toBeGreaterThan(2_000);
    expect(unanswered(flows)).toBeLessThan(0.02);
  });

  it('metrics are datagrams in one direction', () => {
    const flows = flowsOf('one-way-metrics').filter(({ flow }) => flow!.direction === 'egress');
    expect(unanswered(flows)).toBe(1);
    expect(Math.max(...flows.map(({ packets }) => packets))).toBeGreaterThan(2_000);
  });

  it('calls are thousands of datagrams a minute', () => {
    expect(Math.max(...flowsOf('calls').map(({ packets }) => packets))).toBeGreaterThan(2_500);
  });

  it('traceroutes rise from port 33434 and bring ICMP from many routers', () => {
    const flows = flowsOf('traceroutes');
    const ports = flows.filter(({ flow }) => flow!.protocol === 17).map(({ flow }) => flow!.dstport);
    expect(Math.min(...ports)).toBe(33_434);
    const routers = flows.filter(({ flow }) => flow!.protocol === 1).map(({ flow }) => flow!.pktSrcaddr);
    expect(new Set(routers).size).toBeGreaterThan(20);
  });

  it('kept connections are regular for the whole hour', () => {
    const { records } = runAll(options({ seed: 1, scenarios: ['kept-alive'] }));
    const perFlow = Map.groupBy(
      records.filter(({ flow }) => flow?.direction === 'egress'),
      ({ flow }) => `${flow!.srcaddr} ${flow!.dstaddr} ${flow!.dstport}`,
    );
    const longest = [...perFlow.values()].sort((a, b) => b.length - a.length)[0]!;
    expect(longest.length).toBeGreaterThan(40);
    expect(longest.at(-1)!.end - longest[0]!.start).toBeGreaterThan(3_000);
  });

  it('time service also goes from port 123 to port 123', () => {
    const flows = flowsOf('time-service');
    expect(share(flows, ({ flow }) => flow!.srcport === 123 && flow!.dstport === 123)).toBeGreaterThan(0.1);
    expect(flows.every(({ bytes, packets }) => bytes === 76 * packets)).toBe(true);
  });

  it('name service is mostly of one or two packets', () => {
    expect(share(flowsOf('name-service', 2), ({ packets }) => packets <= 2)).toBeGreaterThan(0.9);
  });

  it('bulk transfers move gigabytes', () => {
    const bytes = flowsOf('bulk-transfers', 10).reduce((sum, record) => sum + record.bytes, 0);
    expect(bytes).toBeGreaterThan(1e9);
  });
});

describe('what detectors took for attacks on real networks', () => {
  const outward = (name: string, seeds = 8) => flowsOf(name, seeds).filter(({ flow }) => flow!.direction === 'egress');
  const kinds = <T>(records: readonly FlowRecord[], key: (record: FlowRecord) => T) => new Set(records.map(key)).size;

  it('ping sweeps reach many addresses of which most are silent', () => {
    const flows = outward('ping-sweeps');
    expect(flows.every(({ flow }) => flow!.protocol === 1)).toBe(true);
    expect(kinds(flows, ({ flow }) => flow!.dstaddr)).toBeGreaterThan(50);
    expect(unanswered(flows)).toBeGreaterThan(0.4);
  });

  it('latency probes ping hundreds of public hosts', () => {
    const flows = outward('latency-probes');
    expect(flows.every(({ flow }) => flow!.protocol === 1 || flow!.protocol === 58)).toBe(true);
    expect(kinds(flows, ({ flow }) => flow!.pktDstaddr)).toBeGreaterThan(100);
  });

  it('error messages are ICMP to many and never answered', () => {
    const flows = flowsOf('error-messages');
    expect(flows.every(({ flow }) => flow!.protocol === 1)).toBe(true);
    expect(unanswered(flows)).toBe(1);
    expect(kinds(flows, ({ flow }) => flow!.dstaddr)).toBeGreaterThan(20);
  });

  it('traced paths bring ICMP from routers that were never asked', () => {
    const asked = new Set(outward('path-monitoring').map(({ flow }) => flow!.pktDstaddr));
    const heard = flowsOf('path-monitoring', 8).filter(({ flow }) => flow!.direction === 'ingress');
    expect(heard.filter(({ flow }) => !asked.has(flow!.pktSrcaddr)).length).toBeGreaterThan(20);
  });

  it('device discovery asks a range for one port', () => {
    const flows = outward('device-discovery');
    expect(kinds(flows, ({ flow }) => flow!.dstaddr)).toBeGreaterThan(20);
    expect(share(flows, ({ flow }) => [161, 3702, 9100].includes(flow!.dstport))).toBeGreaterThan(0.5);
  });

  it('dead datagrams are never answered', () => {
    const flows = flowsOf('dead-datagrams').filter(({ flow }) => flow!.protocol === 17);
    expect(flows.length).toBeGreaterThan(100);
    expect(unanswered(flows)).toBe(1);
  });

  it('address translation is one address with thousands of conversations', () => {
    const { records } = runAll(options({ seed: 2, hosts: 30, scenarios: ['address-translation'] }));
    const flows = records.filter(({ flow }) => flow?.direction === 'egress');
    expect(kinds(flows, ({ flow }) => flow!.srcaddr)).toBe(1);
    expect(kinds(flows, ({ flow }) => `${flow!.srcport} ${flow!.dstaddr}`)).toBeGreaterThan(3_000);
    expect(kinds(flows, ({ flow }) => flow!.dstaddr)).toBeGreaterThan(150);
  });

  it('fleet checks ask dozens to hundreds of machines for one port', () => {
    for (const seed of [1, 2, 3]) {
      const { records } = runAll(options({ seed, hosts: 20, scenarios: ['fleet-checks'] }));
      const perSource = Map.groupBy(
        records.filter(({ flow }) => flow),
        ({ flow }) => flow!.srcaddr,
      );
      const asked = [...perSource.values()].map((own) => kinds(own, ({ flow }) => flow!.dstaddr));
      expect(Math.max(...asked)).toBeGreaterThan(30);
      const busiest = [...perSource.values()][asked.indexOf(Math.max(...asked))]!;
      expect(kinds(busiest, ({ flow }) => flow!.dstport)).toBe(1);
    }
  });

  it('members of a cluster talk to each other from one port', () => {
    const flows = flowsOf('cluster-gossip', 3).filter(({ flow }) => flow!.protocol === 17);
    expect(flows.every(({ flow }) => [7946, 8301].includes(flow!.dstport) || flow!.protocol === 1)).toBe(true);
  });

  it('file transfers have a connection for every file', () => {
    const flows = outward('file-transfers');
    expect(share(flows, ({ flow }) => flow!.dstport >= 20_000)).toBeGreaterThan(0.3);
    expect(flows.filter(({ flow }) => flow!.dstport === 21).length).toBeGreaterThan(20);
  });

  it('automation logs in again and again on authentication ports', () => {
    const flows = flowsOf('automation-logins', 10);
    const ports = new Set([22, 5985, 5986, 445, 389, 5432, 3306]);
    expect(flows.every(({ flow }) => ports.has(flow!.dstport) || ports.has(flow!.srcport))).toBe(true);
    expect(flows.length).toBeGreaterThan(2_000);
  });

  it('pages that refresh themselves come at even times, over HTTP too', () => {
    const ports = outward('refreshing-pages').map(({ flow }) => Math.min(flow!.srcport, flow!.dstport));
    expect(new Set(ports)).toEqual(new Set([80, 443]));
  });

  it('backups of a night begin within ten minutes and move gigabytes', () => {
    const run = runAll(options({ seed: 4, hosts: 30, scenarios: ['backup-night'] }));
    const flows = run.records.filter(({ flow }) => flow?.direction === 'egress');
    expect(flows.reduce((sum, { bytes }) => sum + bytes, 0)).toBeGreaterThan(1e9);
    expect(kinds(flows, ({ flow }) => flow!.srcaddr)).toBeGreaterThan(5);
  });

  it('throughput tests send as fast as a flood for a minute at most', () => {
    const flows = flowsOf('throughput-tests', 20);
    expect(Math.max(...flows.map(({ packets }) => packets))).toBeGreaterThan(50_000);
  });

  it('one-sided work shows one direction only', () => {
    for (const seed of [1, 2, 3]) {
      const { records } = runAll(options({ seed, hosts: 20, scenarios: ['one-sided'] }));
      const flows = records.filter(({ flow, tcpFlags }) => flow?.action === 'ACCEPT' && tcpFlags !== undefined);
      const seen = new Set(flows.map(({ flow: f }) => `${f!.pktSrcaddr} ${f!.srcport} ${f!.pktDstaddr} ${f!.dstport}`));
      const both = flows.filter(({ flow: f }) =>
        seen.has(`${f!.pktDstaddr} ${f!.dstport} ${f!.pktSrcaddr} ${f!.srcport}`),
      );
      expect(both).toEqual([]);
    }
  });

  it('autoscaling fetches from dozens of places while the balancer is refused', () => {
    const flows = flowsOf('autoscaling', 8);
    expect(kinds(flows, ({ flow }) => flow!.pktDstaddr)).toBeGreaterThan(40);
    expect(flows.some(({ tcpFlags }) => tcpFlags === 4)).toBe(true);
  });

  it('long streams are in nearly every window of the hour', () => {
    const { records } = runAll(options({ seed: 2, scenarios: ['long-streams'] }));
    const perFlow = Map.groupBy(
      records.filter(({ flow }) => flow),
      ({ flow: f }) => `${f!.srcaddr} ${f!.srcport} ${f!.dstaddr} ${f!.dstport} ${f!.direction}`,
    );
    expect(Math.max(...[...perFlow.values()].map((flow) => flow.length))).toBeGreaterThan(55);
  });
});

describe('internet-noise', () => {
  it('is labelled unlabelled, all of it, and is a few packets each', () => {
    const run = runAll(options({ seed: 4, hosts: 30, scenarios: ['internet-noise'] }));
    const sources = new Set(run.labels.map(({ srcaddr }) => srcaddr));
    expect(new Set(run.labels.map(({ label }) => label))).toEqual(new Set(['unlabelled']));
    const flows = run.records.filter(({ flow }) => flow);
    expect(flows.length).toBeGreaterThan(100);
    for (const { flow, packets } of flows) {
      expect(sources.has(flow!.srcaddr) || sources.has(flow!.dstaddr)).toBe(true);
      expect(packets).toBeLessThan(30);
    }
  });
});
