import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { canaryLog } from '../../lambdas/canary.ts';
import type { Finding } from '../../lib/findings/finding.ts';
import { claimSeconds } from '../../lib/limits.ts';
import type { IncidentState } from '../../lib/notify/incident-state.ts';
import { holdByItself } from '../../lib/notify/route.ts';
import { DEFAULT_SETTINGS } from '../../lib/settings.ts';
import { s3Event, throughTopic } from '../aws/events.ts';
import { Cloud, eventually, type Told } from './cloud.ts';
import { deploy, type Outputs, run } from './deployment.ts';
import { type Emulator, startEmulator } from './emulator.ts';
import { attackLog, foundLocally } from './logs.ts';
import { missing } from './python.ts';
import { type Request, startTroublemaker, type Troublemaker } from './troublemaker.ts';

const reason = missing();
if (reason !== undefined) process.stderr.write(`the tests on an emulated AWS are skipped: ${reason}\n`);

/** Seconds after which a claim is of a run that died. */
const CLAIM_WORKS_SECONDS_MAX = 4;

const SAMPLES = join(import.meta.dirname, '../../samples/text');
const INCIDENT = /incidents\/[0-9a-f]{16,}\.json/;
const HIVE =
  'AWSLogs/aws-account-id=404283513920/aws-service=vpcflowlogs/aws-region=eu-central-1/year=2026/month=09/day=21/hour=10';

describe.skipIf(reason !== undefined)('the stack on an emulated AWS', () => {
  let proxy: Troublemaker;
  let emulator: Emulator;
  let cloud: Cloud;
  let outputs: Outputs;
  let logs: string;
  let findings: string;
  let detectQueue: string;
  let notifyQueue: string;
  let told: string;
  let toldHigh: string;

  beforeAll(async () => {
    proxy = await startTroublemaker();
    emulator = await startEmulator(proxy.endpoint);
    proxy.target = emulator.endpoint;
    outputs = await deploy(emulator);
    cloud = new Cloud(emulator);
    logs = outputs.DeliveryBucket;
    findings = outputs.FindingsBucket;
    detectQueue = await cloud.queue('Flowtrap-DetectStageInputQueue');
    notifyQueue = await cloud.queue('Flowtrap-NotifyStageInputQueue');
    for (const queue of [detectQueue, notifyQueue]) await cloud.comeBackAfter(queue, 3);
    told = await cloud.listener('told', outputs.FindingsTopic);
    toldHigh = await cloud.listener('told-high', outputs.FindingsTopic, { severity: ['high', 'critical'] });
  });

  afterAll(async () => {
    cloud?.close();
    await emulator?.stop();
    await proxy?.close();
  });

  beforeEach(async () => {
    await quiet();
    for (const bucket of [logs, findings]) await cloud.clear(bucket);
    for (const queue of [told, toldHigh]) await cloud.heard(queue);
  });

  /** Waits until nothing waits or is being worked on, for longer than a notification takes. */
  async function quiet(seconds = 90): Promise<void> {
    let since = Date.now();
    await eventually(async () => {
      const depth = (await cloud.depth(detectQueue)) + (await cloud.depth(notifyQueue));
      if (depth > 0) since = Date.now();
      if (Date.now() - since < 1_500) throw new Error(`${depth} messages wait; the emulator said:\n${emulator.log()}`);
    }, seconds);
  }

  async function storedFindings(): Promise<Finding[]> {
    const keys = await cloud.keys(findings, 'findings/');
    const stored = await Promise.all(keys.map((key) => cloud.json<Finding>(findings, key)));
    return stored.sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  /** Incidents that were told, which must each have been told once. */
  function incidentsOf(messages: readonly Told[]): string[] {
    const incidents = messages.map(({ message }) => (JSON.parse(message) as { finding: Finding }).finding.incident);
    expect(incidents).toEqual([...new Set(incidents)]);
    return incidents.sort();
  }

  /**
   * Makes the claims of runs that died stale, as the minutes do that pass before AWS delivers a message again, until none is left. A claim that is
   * some seconds old is of a run that died: those at work need less than one.
   */
  async function outliveClaims(): Promise<void> {
    await eventually(async () => {
      const left = await ageClaims();
      if (left > 0) throw new Error(`${left} incidents are claimed`);
    }, 90);
  }

  async function ageClaims(): Promise<number> {
    let claims = 0;
    for (const key of (await cloud.keys(findings, 'incidents/')).filter((key) => INCIDENT.test(key))) {
      const { claim, ...state } = await cloud.json<IncidentState>(findings, key);
      if (claim === undefined) continue;
      claims++;
      if (claim.atSeconds > Date.now() / 1_000 - CLAIM_WORKS_SECONDS_MAX) continue;
      const aged = { ...state, claim: { ...claim, atSeconds: claim.atSeconds - claimSeconds } };
      await cloud.put(findings, key, Buffer.from(JSON.stringify(aged)));
    }
    return claims;
  }

  async function putThreeAttacks(): Promise<void> {
    for (const [at, scenario] of ['ssh-brute-force', 'vertical-scan', 'outbound-flood'].entries()) {
      await cloud.put(logs, `AWSLogs/1/${at}.log.gz`, attackLog({ seed: 1 + at, scenarios: [scenario] }));
    }
  }

  /** All incidents that ask to be told were: one of them so many times, in the same words, or one for each process that died; each other once. */
  async function expectTold(times: number, died: number): Promise<void> {
    const messages = (await cloud.heard(told)).map(({ message }) => JSON.parse(message) as { finding: Finding });
    const byIncident = Map.groupBy(messages, ({ finding }) => finding.incident);
    const asking = (await storedFindings()).filter((finding) => holdByItself(finding, DEFAULT_SETTINGS) === undefined);
    expect([...byIncident.keys()].sort()).toEqual([...new Set(asking.map(({ incident }) => incident))].sort());
    const groups = [...byIncident.values()].sort((a, b) => b.length - a.length);
    const counts = groups.map(({ length }) => length);
    expect(counts[0]).toBe(times);
    expect(counts.filter((count) => count > 1).length).toBeLessThanOrEqual(died);
    for (const same of groups) expect(same).toEqual(Array(same.length).fill(same[0]));
  }

  const isPublish = ({ body }: Request) => body.includes('Action=Publish');
  const isIncident = ({ method, path }: Request) => method === 'PUT' && INCIDENT.test(path);

  it('finds in text, Parquet and hive keys what the command line finds, and tells it once', async () => {
    const objects = {
      'AWSLogs/404283513920/vpcflowlogs/eu-central-1/2026/09/21/text.log.gz': attackLog({
        seed: 1,
        scenarios: ['ssh-brute-force'],
      }),
      'AWSLogs/404283513920/vpcflowlogs/eu-central-1/2026/09/21/table.log.parquet': attackLog({
        seed: 2,
        scenarios: ['outbound-flood'],
        parquet: true,
      }),
      [`${HIVE}/table.log.parquet`]: attackLog({ seed: 26, scenarios: ['bulk-exfiltration'], parquet: true }),
      [`${HIVE}/a b+c%.log.gz`]: attackLog({ seed: 4, scenarios: ['vertical-scan'] }),
    };
    for (const [key, bytes] of Object.entries(objects)) await cloud.put(logs, key, bytes);
    const named = Object.fromEntries(Object.entries(objects).map(([key, bytes]) => [`s3://${logs}/${key}`, bytes]));
    const expected = await foundLocally(named);
    expect(new Set(expected.map((finding) => finding.class)).size).toBeGreaterThanOrEqual(3);
    await eventually(async () => expect(await storedFindings()).toEqual(expected));
    await quiet();
    expect((await cloud.keys(findings, 'summaries/')).length).toBeGreaterThanOrEqual(4);
    const messages = await cloud.heard(told);
    const incidents = incidentsOf(messages);
    expect(incidents.length).toBeGreaterThan(0);
    expect(expected.map(({ incident }) => incident)).toEqual(expect.arrayContaining(incidents));
    for (const { subject, attributes } of messages) {
      expect(subject).toMatch(/^[\x20-\x7e]{1,99}$/);
      expect(attributes).toMatchObject({
        type: expect.any(String),
        severity: expect.any(String),
        account: expect.stringMatching(/^\d{12}$/),
        region: 'eu-central-1',
      });
    }
    const high = incidentsOf(messages.filter(({ attributes }) => /high|critical/.test(attributes.severity)));
    expect(incidentsOf(await cloud.heard(toldHigh))).toEqual(high);
    expect(await cloud.keys(findings, 'failed/')).toEqual([]);
  });

  it('takes duplicates, other orders and events by way of a topic for what they are', async () => {
    const key = 'AWSLogs/1/a b.log.gz';
    await cloud.put(logs, key, attackLog({ seed: 5, scenarios: ['ssh-brute-force', 'vertical-scan'] }));
    await cloud.put(logs, 'AWSLogs/1/other.log.gz', attackLog({ seed: 26, scenarios: ['bulk-exfiltration'] }));
    await eventually(async () => expect((await storedFindings()).length).toBeGreaterThan(1));
    await quiet();
    const results = async () => ({
      ...(await cloud.tags(findings, 'findings/')),
      ...(await cloud.tags(findings, 'summaries/')),
      ...(await cloud.tags(findings, 'failed/')),
    });
    const before = await results();
    const incidents = incidentsOf(await cloud.heard(told));
    expect(incidents.length).toBeGreaterThan(0);
    const again = [s3Event(logs, 'AWSLogs/1/other.log.gz'), s3Event(logs, key), throughTopic(s3Event(logs, key))];
    for (const body of [...again, ...again]) await cloud.send(detectQueue, body);
    for (const found of await cloud.keys(findings, 'findings/'))
      await cloud.send(notifyQueue, s3Event(findings, found));
    await setTimeout(1_000);
    await quiet();
    expect(await results()).toEqual(before);
    expect(await cloud.heard(told)).toEqual([]);
  });

  it('reads the sample logs', async () => {
    const files = readdirSync(SAMPLES, { recursive: true, encoding: 'utf8' }).filter((path) =>
      path.endsWith('.log.gz'),
    );
    expect(files.length).toBeGreaterThan(2);
    for (const path of files) await cloud.put(logs, path, readFileSync(join(SAMPLES, path)));
    await setTimeout(1_000);
    await quiet(150);
    expect(await cloud.keys(findings, 'failed/')).toEqual([]);
    expect((await storedFindings()).length).toBeGreaterThan(3);
    incidentsOf(await cloud.heard(told));
  });

  it('lays a poison object aside with its reason', async () => {
    const good = attackLog({ seed: 6, scenarios: ['ssh-brute-force'] });
    await cloud.put(logs, 'AWSLogs/1/broken.log.gz', good.subarray(0, good.length >> 1));
    await cloud.put(logs, 'AWSLogs/1/good.log.gz', good);
    await eventually(async () => expect(await cloud.depth(outputs.DetectDeadLetters)).toBe(1), 120);
    const [failed, ...others] = await cloud.keys(findings, 'failed/');
    expect(others).toEqual([]);
    expect(await cloud.json(findings, failed)).toMatchObject({
      object: `s3://${logs}/AWSLogs/1/broken.log.gz`,
      reason: expect.stringMatching(/gzip|cut|ends/),
    });
    expect(await storedFindings()).toEqual(await foundLocally({ [`s3://${logs}/AWSLogs/1/good.log.gz`]: good }));
    expect(await cloud.emptied(outputs.DetectDeadLetters)).toHaveLength(1);
  });

  it('says which permission is missing, and reads the object after it is given and flowtrap redrive', async () => {
    const key = 'AWSLogs/1/denied.log.gz';
    const bytes = attackLog({ seed: 6, scenarios: ['ssh-brute-force'] });
    const denied = proxy.plan(1_000, { status: 403, code: 'AccessDenied' }, ({ path }) => path.includes(key));
    await cloud.put(logs, key, bytes);
    await eventually(async () => expect(await cloud.depth(outputs.DetectDeadLetters)).toBe(1), 120);
    const [failed] = await cloud.keys(findings, 'failed/');
    const { reason } = await cloud.json<{ reason: string }>(findings, failed);
    expect(reason).toContain(`{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::${logs}/*"}`);
    denied.end();
    const printed = await run(emulator, 'node', ['bin/flowtrap.ts', 'redrive', detectQueue, '--format', 'json']);
    expect(JSON.parse(printed)).toMatchObject({ waiting: 1, moved: 1, objects: [`s3://${logs}/${key}`] });
    const expected = await foundLocally({ [`s3://${logs}/${key}`]: bytes });
    await eventually(async () => expect(await storedFindings()).toEqual(expected));
    await quiet();
    expect(await cloud.keys(findings, 'failed/')).toEqual([]);
    expect(await cloud.depth(outputs.DetectDeadLetters)).toBe(0);
  });

  it('tells once though SNS is busy and fails', async () => {
    const plans = [
      proxy.plan(2, { status: 400, code: 'Throttling' }, isPublish),
      proxy.plan(4, { status: 500, code: 'InternalFailure' }, isPublish),
    ];
    const bytes = attackLog({ seed: 7, scenarios: ['ssh-brute-force'] });
    await cloud.put(logs, 'AWSLogs/1/x.log.gz', bytes);
    await eventually(async () => expect(plans.map((plan) => plan.left())).toEqual([0, 0]));
    await quiet();
    expect(incidentsOf(await cloud.heard(told)).length).toBeGreaterThan(0);
  });

  it('tells a second time where the answer of SNS is lost', async () => {
    const plan = proxy.plan(1, 'lose', isPublish);
    await putThreeAttacks();
    await eventually(async () => expect(plan.left()).toBe(0));
    await quiet();
    await expectTold(2, 1);
  });

  it('loses nothing and doubles nothing though S3 is busy, fails and loses answers', async () => {
    const isWrite = ({ method, path }: Request) => method === 'PUT' && path.includes(findings);
    const isRead = ({ method }: Request) => method === 'GET';
    const plans = [
      proxy.plan(4, { status: 503, code: 'SlowDown' }, isWrite),
      proxy.plan(4, { status: 500, code: 'InternalError' }, isRead),
      proxy.plan(6, 'lose', isWrite),
    ];
    const objects = {
      [`s3://${logs}/AWSLogs/1/x.log.gz`]: attackLog({ seed: 26, scenarios: ['ssh-brute-force', 'bulk-exfiltration'] }),
      [`s3://${logs}/AWSLogs/1/y.parquet`]: attackLog({ seed: 9, scenarios: ['vertical-scan'], parquet: true }),
    };
    for (const [name, bytes] of Object.entries(objects))
      await cloud.put(logs, name.slice(`s3://${logs}/`.length), bytes);
    const expected = await foundLocally(objects);
    await eventually(async () => expect(await storedFindings()).toEqual(expected));
    await quiet();
    expect(plans.map((plan) => plan.left())).toEqual([0, 0, 0]);
    expect(await cloud.keys(findings, 'failed/')).toEqual([]);
    expect(incidentsOf(await cloud.heard(told)).length).toBeGreaterThan(0);
  });

  it('completes what a killed function has left', async () => {
    const names = ['a', 'b', 'c', 'd', 'e'].map((name) => `s3://${logs}/AWSLogs/1/${name}.log.gz`);
    const objects = Object.fromEntries(
      names.map((name, seed) => [
        name,
        attackLog({ seed: 20 + seed, scenarios: ['ssh-brute-force', 'outbound-flood'] }),
      ]),
    );
    let killed = 0;
    // Killed where it hurts: some of an object's results are written, others not.
    proxy.onAnswer = ({ method, path }) => {
      if (method !== 'PUT' || !path.includes('/summaries/') || killed >= 3) return;
      const processes = emulator.processesOf('Detect');
      if (processes.length > 0) killed++;
      for (const pid of processes) process.kill(pid, 'SIGKILL');
    };
    for (const [name, bytes] of Object.entries(objects))
      await cloud.put(logs, name.slice(`s3://${logs}/`.length), bytes);
    const expected = await foundLocally(objects);
    await eventually(async () => expect(await storedFindings()).toEqual(expected), 120);
    proxy.onAnswer = undefined;
    expect(killed).toBe(3);
    await quiet();
    incidentsOf(await cloud.heard(told));
    expect(await cloud.depth(outputs.DetectDeadLetters)).toBe(0);
  });

  it.each<[string, (request: Request) => boolean, number]>([
    [
      'once though notify is killed when it has claimed an incident',
      (r) => isIncident(r) && r.body.includes('"claim"'),
      1,
    ],
    ['a second time where notify is killed when it has published', isPublish, 2],
    [
      'once though notify is killed when it has marked an incident',
      (r) => isIncident(r) && r.body.includes('"told"'),
      1,
    ],
  ])('tells every incident, and %s', async (_, isMoment, timesTold) => {
    let killed = 0;
    proxy.onAnswer = (request) => {
      if (killed > 0 || !isMoment(request)) return;
      for (const pid of emulator.processesOf('Notify')) {
        process.kill(pid, 'SIGKILL');
        killed++;
      }
    };
    await putThreeAttacks();
    await eventually(async () => expect(killed).toBeGreaterThan(0));
    proxy.onAnswer = undefined;
    await outliveClaims();
    await quiet();
    await expectTold(timesTold, killed);
    for (const key of await cloud.keys(findings, 'incidents/')) {
      if (INCIDENT.test(key)) expect(await cloud.json(findings, key)).not.toHaveProperty('claim');
    }
    expect(await cloud.depth(outputs.NotifyDeadLetters)).toBe(0);
  });

  it('finds the attacks of its canary and tells nobody', async () => {
    const old = new Date(Date.now() - 1_800_000).toISOString().slice(0, 19).replaceAll(':', '-');
    const begin = Math.floor(Date.now() / 300_000) * 300 - 3_600;
    await cloud.put(findings, `canary/logs/${old}Z.log.gz`, canaryLog(begin));
    await eventually(async () => expect((await cloud.keys(findings, 'canary/findings/')).length).toBeGreaterThan(2));
    await quiet();
    await cloud.invoke('Flowtrap-CanaryStage', { task: 'canary' });
    expect(await cloud.keys(findings, 'canary/logs/')).toHaveLength(2);
    await eventually(async () => expect(emulator.log()).toContain('all attacks of the canary were found'));
    await setTimeout(1_000);
    await quiet();
    expect(await storedFindings()).toEqual([]);
    expect(await cloud.heard(told)).toEqual([]);
  });

  it('judges the history of what it has read', async () => {
    const startSeconds = Math.floor(Date.now() / 300_000) * 300 - 7_200;
    await cloud.put(
      logs,
      'AWSLogs/1/now.log.gz',
      attackLog({ seed: 10, scenarios: ['ssh-brute-force'], startSeconds }),
    );
    await eventually(async () => expect((await storedFindings()).length).toBeGreaterThan(0));
    await quiet();
    const before = await storedFindings();
    await cloud.invoke('Flowtrap-CorrelateStage', { task: 'correlate' });
    expect((await cloud.keys(findings, 'tracks/')).length).toBeGreaterThan(0);
    const after = await storedFindings();
    expect(after.map(({ id }) => id)).toEqual(expect.arrayContaining(before.map(({ id }) => id)));
    await quiet();
    await cloud.invoke('Flowtrap-CorrelateStage', { task: 'correlate' });
    await quiet();
    expect(await storedFindings()).toEqual(after);
    incidentsOf(await cloud.heard(told));
  });

  it('refuses what is no event of its own, and works on', async () => {
    await expect(cloud.invoke('Flowtrap-CanaryStage', { task: 'dance' })).rejects.toThrow('got the task');
    await expect(cloud.invoke('Flowtrap-NotifyStageNotify', { hello: 1 })).rejects.toThrow('unknown event');
    await cloud.invoke('Flowtrap-NotifyStageNotify', { task: 'digest' });
  });
});
