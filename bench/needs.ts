/** How large an attack must be to be found, in the detectors' own terms. */
import { CONTACTS_MIN } from '../lib/detectors/beacon.ts';
import * as distributedScan from '../lib/detectors/distributed-scan.ts';
import { STRANGERS_MIN } from '../lib/detectors/exposure.ts';
import * as flatness from '../lib/detectors/flatness.ts';
import { SESSIONS_MIN as FIRST_SESSIONS_MIN } from '../lib/detectors/new-logins.ts';
import * as randomWalk from '../lib/detectors/random-walk.ts';
import * as volume from '../lib/detectors/volume.ts';
import { EVEN_MIN, LONG_SECONDS } from '../lib/history/detectors/beacon.ts';
import {
  PIECE_BYTES_MIN,
  BYTES_MIN as PIECES_BYTES_MIN,
  HOURS_MIN as PIECES_HOURS_MIN,
} from '../lib/history/detectors/chunks.ts';
import { HOST_SOURCES_MIN, SOURCES_MIN } from '../lib/history/detectors/many-sources.ts';
import { HOURS_MIN as GUESSING_HOURS_MIN, SESSIONS_MIN } from '../lib/history/detectors/slow-guessing.ts';
import { NET_FAILURES_MIN } from '../lib/history/detectors/slow-scan.ts';
import { RATE_MIN, HOURS_MIN as STROBE_HOURS_MIN } from '../lib/history/detectors/strobe.ts';
import { BYTES_MIN as UPLOAD_BYTES_MIN } from '../lib/history/detectors/upload.ts';
import { HOUR_SECONDS } from '../lib/history/hours.ts';
import type { Measure } from './attack-size.ts';

/** A measure of the attack that must be at least, or at most, this much. */
export interface Need {
  readonly measure: Measure;
  readonly least?: number;
  readonly most?: number;
}

/** What an attack must be like to be found. */
export interface Requirement {
  /** Sizes of which one is enough, as far as size goes. */
  readonly needs?: readonly (readonly Need[])[];
  /** Why it may not be found though it is large enough. */
  readonly otherwise?: string;
}

const least = (measure: Measure, amount: number): Need => ({ measure, least: amount });
const most = (measure: Measure, amount: number): Need => ({ measure, most: amount });

const FLAT = most('spreadOctaves', flatness.SPREAD_OCTAVES_MAX);

export const SLOW_SCAN: Requirement = { needs: [[least('netFailures', NET_FAILURES_MIN)]] };

export const SCAN: Requirement = {
  needs: [[least('netFailuresInWindow', randomWalk.NET_FAILURES_MIN)], ...SLOW_SCAN.needs!],
  otherwise: 'the forest does not give half to any contact of the fast part, and the slow part is too small',
};

export const CROWD: Requirement = {
  needs: [
    [least('sourcesOfServiceInWindow', distributedScan.SOURCES_MIN)],
    [least('sourcesInWindow', distributedScan.HOST_SOURCES_MIN)],
    [least('sourcesOfService', SOURCES_MIN)],
    [least('sourcesThatMeet', SOURCES_MIN)],
    [least('sources', HOST_SOURCES_MIN)],
  ],
  otherwise: "the host's everyday noise is a third as much or more",
};

export const SLOW_GUESSING: Requirement = {
  needs: [[least('tries', SESSIONS_MIN), least('busyHours', GUESSING_HOURS_MIN), FLAT]],
  otherwise: 'the tries are of several doors or sources, or between two hosts of which one logs in at the other anyway',
};

export const GUESSING: Requirement = {
  needs: [
    [least('triesInWindow', flatness.CONNECTIONS_MIN), FLAT],
    [least('triesInWindow', FIRST_SESSIONS_MIN)],
    ...SLOW_GUESSING.needs!,
  ],
  otherwise:
    'the forest gives too little to what programs that fetch look like, and only hosts of ours that never logged in before are told without it',
};

export const BREAK_IN: Requirement = {
  needs: [[least('triesInWindow', flatness.CONNECTIONS_MIN), FLAT]],
  otherwise:
    'some tries were cut short by the server, the tries began in the hour before, the session that got in is not four times as long, or the forest is not sure of them',
};

export const OUTBOUND_FLOOD: Requirement = {
  needs: [[least('packetsPerSecond', volume.PACKETS_PER_SECOND_MIN)]],
  otherwise: 'it is answered, as what is served is',
};

export const INBOUND_FLOOD: Requirement = {
  needs: [
    ...OUTBOUND_FLOOD.needs!,
    [least('sources', volume.CROWD_MIN), least('packetsPerSecond', volume.CROWD_PACKETS_PER_SECOND_MIN)],
  ],
  otherwise: 'requests that are served are told from users from ten a second on',
};

export const BEACON: Requirement = {
  needs: [[least('moments', CONTACTS_MIN), least('hours', LONG_SECONDS / HOUR_SECONDS), least('gapsScore', EVEN_MIN)]],
  otherwise: `sizes or hours are less even, or within ${LONG_SECONDS / HOUR_SECONDS} h the forest does not agree`,
};

export const STROBE: Requirement = {
  ...BEACON,
  needs: [[least('triesPerSecond', RATE_MIN), least('hours', STROBE_HOURS_MIN)], ...BEACON.needs!],
};

export const UPLOAD: Requirement = {
  needs: [
    [least('bytesInHour', UPLOAD_BYTES_MIN)],
    [least('bytes', PIECES_BYTES_MIN), least('busyHours', PIECES_HOURS_MIN), least('bytesInTry', PIECE_BYTES_MIN)],
  ],
  otherwise: 'ten times what the host sends in its busiest usual hour is more, or the pieces are unlike',
};

export const EXPOSURE: Requirement = {
  needs: [[least('sources', STRANGERS_MIN)]],
  otherwise: 'the host is exposed in everyday traffic already',
};
