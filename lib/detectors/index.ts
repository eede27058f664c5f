/** The list of detectors, in the order in which findings name their witnesses. */
import type { Detector } from './detector.ts';
import { forest } from './forest.ts';

export const DETECTORS: readonly Detector[] = [forest];
