/**
 * The truth about flows, as labels.csv has it: the classes, and what a row says.
 */
export const LABELS = [
  'benign',
  'scan',
  'brute-force',
  'denial-of-service',
  'command-and-control',
  'exfiltration',
  'other-attack',
  'unlabelled',
] as const;

export type Label = (typeof LABELS)[number];

/**
 * The truth about a range of flows. Source is the side that acts; a row covers both directions of its flow, and an absent column
 * means any. Times are Unix seconds of the records it covers, both ends included.
 */
export interface LabelRow {
  readonly start: number;
  readonly end: number;
  readonly srcaddr?: string;
  readonly dstaddr?: string;
  readonly srcport?: number;
  readonly dstport?: number;
  readonly protocol?: number;
  readonly label: Label;
}
