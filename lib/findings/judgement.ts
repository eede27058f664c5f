/**
 * What the owner of the network knows, applied to findings: trusted networks soften them, suppressions keep them from people. Every finding
 * stays; a suppressed one says by whose word.
 */
import type { Finding } from './finding.ts';
import { isExpired, matcher, type Suppression } from './suppression.ts';
import { softener, type TrustedNetwork } from './trust.ts';

/** The part of the settings that it takes. */
export interface Knowledge {
  readonly trustedNetworks: readonly TrustedNetwork[];
  readonly suppressions: readonly Suppression[];
}

export interface Judged {
  readonly findings: readonly Finding[];
  /** Findings among them that are kept from people. */
  readonly suppressed: number;
}

/** Judges findings, in order. What an earlier judgement said of one is replaced. */
export function judge(findings: readonly Finding[], knowledge: Knowledge, nowSeconds: number): Judged {
  const soften = softener(knowledge.trustedNetworks);
  const valid = knowledge.suppressions.filter((suppression) => !isExpired(suppression, nowSeconds));
  const lines = valid.map((suppression) => ({ suppression, covers: matcher(suppression) }));
  const judged = findings.map((finding): Finding => {
    const softened = soften(unjudged(finding));
    const line = lines.find(({ covers }) => covers(softened));
    if (line === undefined) return softened;
    const { owner, reason, expires } = line.suppression;
    return { ...softened, suppressed: { owner, reason, expires } };
  });
  return { findings: judged, suppressed: judged.filter(({ suppressed }) => suppressed !== undefined).length };
}

/** The finding as detection made it. */
function unjudged({ suppressed: _, softened, ...finding }: Finding): Finding {
  return { ...finding, severity: softened?.severityBefore ?? finding.severity };
}
