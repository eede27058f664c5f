/**
 * The words of public data sets as our classes: one table per data set. What a table does not know is counted by the
 * conversion and becomes `unlabelled`.
 */
import type { Label } from '../flowlog/labels.ts';
import { detached } from './flow.ts';

/** The class of a data set's word, `undefined` when its table has none. */
export type Classifier = (text: string) => Label | undefined;

type Patterns = readonly (readonly [RegExp, Label])[];

/** The first pattern that fits; the few different words of a data set are worked out once. */
function byPattern(patterns: Patterns): Classifier {
  const known = new Map<string, Label | undefined>();
  return (text) => {
    if (known.has(text)) return known.get(text);
    const label = patterns.find(([pattern]) => pattern.test(text))?.[1];
    if (known.size < 1_000) known.set(detached(text), label);
    return label;
  };
}

/** Words compared without case and with any run of other characters than letters and digits as one hyphen. */
function byWord(table: Readonly<Record<string, Label>>): Classifier {
  const words = new Map(Object.entries(table));
  return (text) =>
    words.get(
      text
        .toLowerCase()
        .replaceAll(/[^a-z0-9]+/g, '-')
        .replaceAll(/^-|-$/g, ''),
    );
}

/**
 * CTU-13 (Garcia, Grill, Stiborek, Zunino 2014) labels by host and by what the flow does, such as
 * `flow=From-Botnet-V47-TCP-CC73-Not-Encrypted`. Background is unverified, hence unlabelled and not benign.
 * Spam is `other-attack`: a spam bot knows its mail servers and wants to be answered, a scanner looks for hosts; that both fail a
 * lot is a likeness, not the truth. A bot's questions to the resolver are unlabelled: alone they are neither innocent nor an attack.
 */
export const ctu13 = byPattern([
  [/Botnet.*SPAM/i, 'other-attack'],
  [/Botnet.*[-_]CC\d*/, 'command-and-control'],
  [/Botnet.*D?DoS/i, 'denial-of-service'],
  [/Botnet.*Scan/i, 'scan'],
  [/Botnet.*(DNS|NTP)/i, 'unlabelled'],
  [/Botnet/i, 'other-attack'],
  [/Background/i, 'unlabelled'],
  [/Normal/i, 'benign'],
]);

/**
 * IoT-23 (Garcia, Parmisano, Erquiaga 2020): `detailed-label`, or `label` where that is absent. Compound words name two things
 * about one flow; the one that shows in traffic decides. Okiru marks flows by a bot's family, not by what they do.
 */
export const iot23 = byPattern([
  [/^benign$/i, 'benign'],
  [/^background$/i, 'unlabelled'],
  [/PartOfAHorizontalPortScan/i, 'scan'],
  [/DDoS/i, 'denial-of-service'],
  [/^C&C/i, 'command-and-control'],
  [/^(Attack|Okiru|FileDownload|Malicious)/i, 'other-attack'],
]);

/**
 * CIC-IDS2017, CSE-CIC-IDS2018 and their corrected versions (Engelen, Rimmer, Joosen 2021; Liu et al. 2022). Guessing a web login is
 * brute force, injection is not. Infiltration is a download and what it does afterwards; its port scan is named apart.
 */
const CIC_WORDS: Readonly<Record<string, Label>> = {
  benign: 'benign',
  portscan: 'scan',
  'infiltration-portscan': 'scan',
  'infiltration-nmap-portscan': 'scan',
  'ftp-patator': 'brute-force',
  'ssh-patator': 'brute-force',
  'ftp-bruteforce': 'brute-force',
  'ssh-bruteforce': 'brute-force',
  'web-attack-brute-force': 'brute-force',
  'brute-force-web': 'brute-force',
  'brute-force-xss': 'other-attack',
  'web-attack-xss': 'other-attack',
  'web-attack-sql': 'other-attack',
  'web-attack-sql-injection': 'other-attack',
  'sql-injection': 'other-attack',
  heartbleed: 'other-attack',
  infiltration: 'other-attack',
  infilteration: 'other-attack',
  'infiltration-dropbox-download': 'other-attack',
  'infiltration-communication-victim-attacker': 'command-and-control',
  bot: 'command-and-control',
  botnet: 'command-and-control',
  'botnet-ares': 'command-and-control',
};

const FLOODS = /^(ddos|dos)(-|$)/;
/** The corrected versions mark flows of an attack that had no effect, such as an unanswered SYN. */
const ATTEMPTED = /\battempted$/i;

const cicWords = byWord(CIC_WORDS);

export const cic: Classifier = (text) => {
  if (ATTEMPTED.test(text)) return 'unlabelled';
  if (FLOODS.test(text.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-'))) return 'denial-of-service';
  return cicWords(text);
};

/**
 * UNSW-NB15 (Moustafa, Slay 2015), attack_cat. Analysis (port scans, spam and page probes together), fuzzing and the contents of the
 * others are not told apart by traffic; only reconnaissance and denial of service have a class of ours.
 */
const UNSW_WORDS: Readonly<Record<string, Label>> = {
  normal: 'benign',
  reconnaissance: 'scan',
  dos: 'denial-of-service',
  analysis: 'other-attack',
  backdoor: 'other-attack',
  backdoors: 'other-attack',
  exploits: 'other-attack',
  fuzzers: 'other-attack',
  generic: 'other-attack',
  shellcode: 'other-attack',
  worms: 'other-attack',
};

export const unswNb15 = byWord(UNSW_WORDS);

const nfWords = byWord({
  ...UNSW_WORDS,
  benign: 'benign',
  theft: 'exfiltration',
  scanning: 'scan',
  password: 'brute-force',
  injection: 'other-attack',
  xss: 'other-attack',
  mitm: 'other-attack',
  ransomware: 'other-attack',
});

/** The NF sets (Sarhan, Layeghy, Portmann): the Attack words of UNSW-NB15, BoT-IoT, ToN-IoT and CSE-CIC-IDS2018 as NetFlow. */
export const netflowSets: Classifier = (text) => nfWords(text) ?? cic(text);

/** CIDDS-001 and -002 (Ring et al. 2017): attackType where class is attacker or victim, else class. */
export const cidds = byWord({
  normal: 'benign',
  suspicious: 'unlabelled',
  unknown: 'unlabelled',
  portscan: 'scan',
  pingscan: 'scan',
  bruteforce: 'brute-force',
  dos: 'denial-of-service',
});

/**
 * UGR'16 (Maciá-Fernández et al. 2018). Background and addresses on blacklists were never verified; nerisbotnet is the whole traffic
 * of a bot, mostly spam.
 */
export const ugr16 = byWord({
  background: 'unlabelled',
  blacklist: 'unlabelled',
  dos: 'denial-of-service',
  scan11: 'scan',
  scan44: 'scan',
  'anomaly-udpscan': 'scan',
  'anomaly-sshscan': 'scan',
  'anomaly-spam': 'other-attack',
  nerisbotnet: 'other-attack',
});
