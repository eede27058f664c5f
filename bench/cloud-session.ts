/** Milliseconds to load the model's runtime, the model and its session, in a process that has loaded nothing else. For `cloud.ts`. */
const begin = performance.now();
const { openModel } = await import('../bin/model.ts');
const classifier = await openModel();
const milliseconds = performance.now() - begin;
await classifier.close();
process.stdout.write(String(milliseconds));
