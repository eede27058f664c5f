import { MODEL_FILES } from '../../lib/environment.ts';
import { type Classifier, openClassifier } from '../../lib/model/classifier.ts';
import { parseManifest } from '../../lib/model/manifest.ts';
import { withThresholds } from '../../lib/model/thresholds.ts';
import { FOLDER, once, readBeside } from './beside.ts';
import { settingsIn } from './settings.ts';

/** The model that was deployed with the stack; its session is kept for later events. */
export const classifier = classifierIn(FOLDER);

export function classifierIn(folder: string): () => Promise<Classifier> {
  return once(async () => {
    const manifest = parseManifest((await readBeside(folder, MODEL_FILES.manifest)).toString('utf8'));
    const shipped = await openClassifier(await readBeside(folder, MODEL_FILES.onnx), manifest);
    return withThresholds(shipped, (await settingsIn(folder)()).thresholds);
  });
}
