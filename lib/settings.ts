/**
 * What a user may set, in one table: the settings file, its checks and its help come from here.
 */
import { NetworkSet, PRIVATE_NETWORKS } from './flowlog/network.ts';

export interface Settings {
  /** Networks in CIDR notation whose hosts are ours. */
  readonly ourNetworks: readonly string[];
}

interface Setting {
  readonly meaning: string;
  readonly fallback: unknown;
  /** What is wrong with a value, `undefined` when nothing is. */
  readonly fault: (value: unknown) => string | undefined;
}

export const SETTINGS: Readonly<Record<keyof Settings, Setting>> = {
  ourNetworks: {
    meaning: 'networks whose hosts are yours, in CIDR notation; findings about them weigh more',
    fallback: PRIVATE_NETWORKS,
    fault: (value) => {
      const isList = Array.isArray(value) && value.length > 0 && value.every((network) => typeof network === 'string');
      if (!isList) return 'expected a list of networks such as ["10.0.0.0/8"]';
      try {
        new NetworkSet(value);
        return undefined;
      } catch (error) {
        return (error as Error).message;
      }
    },
  },
};

export const DEFAULT_SETTINGS: Settings = { ourNetworks: PRIVATE_NETWORKS };

/** The settings in a JSON text; throws with key, value and what was expected. Keys that are not settings are refused. */
export function parseSettings(text: string): Settings {
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch (error) {
    throw new Error(`the settings are not JSON: ${(error as Error).message}`, { cause: error });
  }
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new Error('the settings are not a JSON object, expected {"ourNetworks": ["10.0.0.0/8"]}');
  }
  for (const [key, value] of Object.entries(given)) {
    if (!Object.hasOwn(SETTINGS, key)) {
      throw new Error(`unknown setting "${key}", expected one of: ${Object.keys(SETTINGS).join(', ')}`);
    }
    const fault = SETTINGS[key as keyof Settings].fault(value);
    if (fault !== undefined) throw new Error(`setting "${key}" is ${JSON.stringify(value)}: ${fault}`);
  }
  return { ...DEFAULT_SETTINGS, ...given };
}
