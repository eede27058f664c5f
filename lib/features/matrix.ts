/**
 * The feature matrix: row-major 32-bit floats, one row per settled conversation, one column per entry of the catalog.
 */
import type { Conversations } from '../conversations/conversations.ts';
import { FEATURES } from './catalog.ts';
import type { Context } from './context.ts';
import { describeGroups, describeRow, emptySubject } from './subject.ts';

/**
 * Writes the features of `rows[from, to)` into `matrix`, which holds at least (to − from) × FEATURES.length values. Values are cut to the
 * range of their feature; what cannot be computed takes the feature's `without`, so NaN never reaches a model.
 */
export function fillMatrix(
  matrix: Float32Array,
  conversations: Conversations,
  rows: Uint32Array,
  from: number,
  to: number,
  context: Context,
): void {
  const subject = emptySubject();
  let at = 0;
  for (let i = from; i < to; i++) {
    describeRow(subject, conversations, rows[i]);
    describeGroups(subject, context, i);
    for (let feature = 0; feature < COMPUTES.length; feature++) {
      const value = COMPUTES[feature](subject);
      // Not a number compares false with everything.
      const floored = value >= LEAST[feature] ? value : value < LEAST[feature] ? LEAST[feature] : WITHOUT[feature];
      matrix[at++] = Math.min(floored, MOST[feature]);
    }
  }
}

const COMPUTES = FEATURES.map((feature) => feature.compute);
const LEAST = Float64Array.from(FEATURES, (feature) => feature.range[0]);
const MOST = Float64Array.from(FEATURES, (feature) => feature.range[1]);
const WITHOUT = Float64Array.from(FEATURES, (feature) => feature.without);
