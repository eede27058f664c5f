/**
 * One execution environment of a function: loads its bundle, gives it events one after another, and writes what that took to a file. Arguments:
 * the folder of the bundle, a file with a JSON list of events, the file for the result. For `cloud.ts`.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [asset, eventsPath, resultPath] = process.argv.slice(2);
const context = {
  functionName: 'bench',
  awsRequestId: 'bench',
  invokedFunctionArn: 'arn:aws:lambda:eu-central-1:111122223333:function:bench',
};

const begin = performance.now();
const { handler } = await import(pathToFileURL(join(asset, 'index.mjs')).href);
const importMilliseconds = performance.now() - begin;

const runs: { milliseconds: number; cpuSeconds: number }[] = [];
for (const event of JSON.parse(readFileSync(eventsPath, 'utf8'))) {
  const cpu = process.cpuUsage();
  const start = performance.now();
  await handler(event, context);
  const { user, system } = process.cpuUsage(cpu);
  runs.push({ milliseconds: performance.now() - start, cpuSeconds: (user + system) / 1e6 });
}
const memoryBytes = process.resourceUsage().maxRSS * 1_024;
writeFileSync(resultPath, JSON.stringify({ importMilliseconds, runs, memoryBytes }));
