/** The list of history detectors, in the order in which findings are made. Those of the user's own lists come on top. */
import type { HistoryDetector } from '../signal.ts';
import { beaconHistory } from './beacon.ts';
import { blindness } from './blindness.ts';
import { chunks } from './chunks.ts';
import { exposureHistory } from './exposure.ts';
import { firstEgress } from './first-egress.ts';
import { lateralMovement } from './lateral-movement.ts';
import { longConnection } from './long-connection.ts';
import { manySourcesHistory } from './many-sources.ts';
import { newLoginsHistory } from './new-logins.ts';
import { resolverHistory } from './resolver.ts';
import { slowGuessing } from './slow-guessing.ts';
import { slowScan } from './slow-scan.ts';
import { spamHistory } from './spam.ts';
import { strangeOrigins } from './strange-origins.ts';
import { strangePlaces } from './strange-places.ts';
import { strobe } from './strobe.ts';
import { tunnelHistory } from './tunnel.ts';
import { unfamiliar } from './unfamiliar.ts';
import { upload } from './upload.ts';

export const HISTORY_DETECTORS: readonly HistoryDetector[] = [
  slowScan,
  manySourcesHistory,
  slowGuessing,
  newLoginsHistory,
  beaconHistory,
  strobe,
  longConnection,
  upload,
  chunks,
  lateralMovement,
  firstEgress,
  resolverHistory,
  tunnelHistory,
  spamHistory,
  strangePlaces,
  strangeOrigins,
  exposureHistory,
  blindness,
  unfamiliar,
];
