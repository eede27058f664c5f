import { SETTINGS_FILE } from '../../lib/environment.ts';
import { parseSettings, type Settings } from '../../lib/settings.ts';
import { FOLDER, once, readBeside } from './beside.ts';

/** The settings that the stack was deployed with. */
export const settings = settingsIn(FOLDER);

export function settingsIn(folder: string): () => Promise<Settings> {
  return once(async () => parseSettings((await readBeside(folder, SETTINGS_FILE)).toString('utf8')));
}
