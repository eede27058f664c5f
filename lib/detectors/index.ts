/** The list of detectors, in the order in which findings name their witnesses. */
import { beacon } from './beacon.ts';
import type { Detector } from './detector.ts';
import { flatness } from './flatness.ts';
import { forest } from './forest.ts';
import { randomWalk } from './random-walk.ts';
import { volume } from './volume.ts';

export const DETECTORS: readonly Detector[] = [forest, randomWalk, flatness, volume, beacon];
