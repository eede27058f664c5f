/**
 * What a user may set, in one table: the settings file, its checks and its help come from here.
 */
import { shown } from './findings/entry.ts';
import { type Finding, SEVERITIES, type Severity } from './findings/finding.ts';
import { type Suppression, suppressionsFault } from './findings/suppression.ts';
import { type TrustedNetwork, trustedNetworksFault } from './findings/trust.ts';
import { NetworkSet, PRIVATE_NETWORKS } from './flowlog/network.ts';
import { alertsPerDayMax } from './limits.ts';
import { type Thresholds, thresholdsFault } from './model/thresholds.ts';

/** Alerts a day that are bearable, by behaviour. */
export type AlertBudget = Readonly<Record<Finding['class'], number>>;

export interface Settings {
  /** Networks in CIDR notation whose hosts are ours. */
  readonly ourNetworks: readonly string[];
  readonly trustedNetworks: readonly TrustedNetwork[];
  readonly suppressions: readonly Suppression[];
  readonly alertsPerDay: AlertBudget;
  /** Probability from which on the forest's classes count, where it is above the model's own; `flowtrap calibrate` writes them. */
  readonly thresholds: Thresholds;
  /** Minutes without activity after which an incident that comes back is told again. */
  readonly quietMinutes: number;
  /** Lowest severity that makes a message; what is below goes to the digest. */
  readonly minimumSeverity: Severity;
}

interface Setting {
  readonly meaning: string;
  readonly fallback: unknown;
  /** What is wrong with a value, `undefined` when nothing is. */
  readonly fault: (value: unknown) => string | undefined;
}

export const DEFAULT_SETTINGS: Settings = {
  ourNetworks: PRIVATE_NETWORKS,
  trustedNetworks: [],
  suppressions: [],
  // One of each severity and behaviour, the rest in the digest of the next morning: what weeks without an attack raise (bench/week.ts) is bearable then.
  alertsPerDay: {
    scan: 1,
    'brute-force': 1,
    'denial-of-service': 1,
    'command-and-control': 1,
    exfiltration: 1,
    'other-attack': 1,
  },
  thresholds: {},
  // As long as GuardDuty waits by default before it reports further occurrences of a finding.
  quietMinutes: 360,
  minimumSeverity: 'medium',
};

/** Least and most of `quietMinutes`: shorter than a window nothing can be quiet, and after a week an incident is a new one. */
const QUIET_MINUTES = { least: 5, most: 10_080 };

export const SETTINGS: Readonly<Record<keyof Settings, Setting>> = {
  ourNetworks: {
    meaning: 'networks whose hosts are yours, in CIDR notation; findings about them weigh more',
    fallback: DEFAULT_SETTINGS.ourNetworks,
    fault: ourNetworksFault,
  },
  trustedNetworks: {
    meaning:
      'scanners, monitoring, load balancers, AWS ranges, each with `network`, `name` and `reason`; findings whose actors or targets all lie in one are less severe by one step',
    fallback: DEFAULT_SETTINGS.trustedNetworks,
    fault: trustedNetworksFault,
  },
  suppressions: {
    meaning:
      'findings kept from people, each with `owner`, `reason` and `expires` (last day, UTC) and at least one of `type`, `actor`, `target`, `port`, `tag`',
    fallback: DEFAULT_SETTINGS.suppressions,
    fault: suppressionsFault,
  },
  alertsPerDay: {
    meaning: `alerts a day that are bearable, by behaviour, 0 to ${alertsPerDayMax}; the rest goes to the digest`,
    fallback: DEFAULT_SETTINGS.alertsPerDay,
    fault: alertsPerDayFault,
  },
  thresholds: {
    meaning:
      "probability from which on a class of the forest counts, by class; never below the model's own, `flowtrap calibrate` writes them",
    fallback: DEFAULT_SETTINGS.thresholds,
    fault: thresholdsFault,
  },
  quietMinutes: {
    meaning: `minutes without activity after which an incident that comes back is told again, ${QUIET_MINUTES.least} to ${QUIET_MINUTES.most}`,
    fallback: DEFAULT_SETTINGS.quietMinutes,
    fault: (value) =>
      isWhole(value, QUIET_MINUTES)
        ? undefined
        : `expected a whole number of minutes from ${QUIET_MINUTES.least} to ${QUIET_MINUTES.most}`,
  },
  minimumSeverity: {
    meaning: `lowest severity that makes a message: ${SEVERITIES.join(', ')}; what is below goes to the digest`,
    fallback: DEFAULT_SETTINGS.minimumSeverity,
    fault: (value) =>
      SEVERITIES.includes(value as Severity) ? undefined : `expected one of: ${SEVERITIES.join(', ')}`,
  },
};

function ourNetworksFault(value: unknown): string | undefined {
  const isList = Array.isArray(value) && value.length > 0 && value.every((network) => typeof network === 'string');
  if (!isList) return 'expected a list of networks such as ["10.0.0.0/8"]';
  try {
    new NetworkSet(value);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

function alertsPerDayFault(value: unknown): string | undefined {
  const example = 'expected numbers by behaviour such as {"scan": 2}';
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return example;
  for (const [behaviour, count] of Object.entries(value)) {
    if (!Object.hasOwn(DEFAULT_SETTINGS.alertsPerDay, behaviour)) {
      return `unknown behaviour "${behaviour}", expected one of: ${Object.keys(DEFAULT_SETTINGS.alertsPerDay).join(', ')}`;
    }
    if (!isWhole(count, { least: 0, most: alertsPerDayMax })) {
      return `"${behaviour}" is ${shown(count)}, expected a whole number from 0 to ${alertsPerDayMax}`;
    }
  }
  return undefined;
}

function isWhole(value: unknown, { least, most }: { readonly least: number; readonly most: number }): boolean {
  return Number.isInteger(value) && (value as number) >= least && (value as number) <= most;
}

/**
 * The settings in a JSON text; throws with key, value and what was expected, and for lists with the index of the entry. Keys that are not
 * settings are refused. Behaviours that `alertsPerDay` leaves out have their defaults.
 */
export function parseSettings(text: string): Settings {
  let given: unknown;
  try {
    // Editors on Windows begin a file with a byte order mark.
    given = JSON.parse(text.replace(/^\uFEFF/, ''));
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
    if (fault !== undefined) throw new Error(faultText(key, value, fault));
  }
  const alertsPerDay = { ...DEFAULT_SETTINGS.alertsPerDay, ...(given as Partial<Settings>).alertsPerDay };
  return { ...DEFAULT_SETTINGS, ...given, alertsPerDay };
}

/** A fault that names a place inside the value tells the value there. */
function faultText(key: string, value: unknown, fault: string): string {
  return fault.startsWith('[') ? `setting ${key}${fault}` : `setting "${key}" is ${shown(value)}: ${fault}`;
}
