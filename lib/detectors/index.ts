/** The list of detectors, in the order in which findings name their witnesses. */
import { amplifier } from './amplifier.ts';
import { beacon } from './beacon.ts';
import { breakIn } from './break-in.ts';
import type { Detector } from './detector.ts';
import { distributedScan } from './distributed-scan.ts';
import { exposure } from './exposure.ts';
import { flatness } from './flatness.ts';
import { forest } from './forest.ts';
import { mining } from './mining.ts';
import { newLoads } from './new-loads.ts';
import { newLogins } from './new-logins.ts';
import { newSweeps } from './new-sweeps.ts';
import { randomWalk } from './random-walk.ts';
import { resolver } from './resolver.ts';
import { spam } from './spam.ts';
import { surges } from './surges.ts';
import { tunnel } from './tunnel.ts';
import { volume } from './volume.ts';

export const DETECTORS: readonly Detector[] = [
  forest,
  randomWalk,
  newSweeps,
  distributedScan,
  flatness,
  breakIn,
  newLogins,
  volume,
  newLoads,
  surges,
  amplifier,
  beacon,
  tunnel,
  resolver,
  spam,
  mining,
  exposure,
];
