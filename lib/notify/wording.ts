/**
 * Words of messages. What comes from a log is shown, never obeyed: control characters are written out, lines stay single, addresses of
 * web pages are taken apart so that no mail or chat program makes a link of them.
 */
import type { Finding, Host } from '../findings/finding.ts';

/** Control, format, private and unpaired characters, line and paragraph separators: all that moves, hides or reorders text. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}\p{Cn}]/gu;

/** Text of any origin in one line of at most so many characters. */
export function plain(text: string, charactersMax: number): string {
  // Cut first: a hostile text may be long, and each of its characters may become ten.
  const shown = text.slice(0, charactersMax).replace(INVISIBLE, (character) => {
    const code = character.codePointAt(0)!;
    return code < 256 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
  });
  return cut(shown.replaceAll('://', '[:]//').replace(/\bwww\./gi, 'www[.]'), charactersMax);
}

/** Text cut to a length, with an ellipsis where something is missing; never between the halves of a character. */
export function cut(text: string, charactersMax: number): string {
  if (text.length <= charactersMax) return text;
  return `${text.slice(0, charactersMax - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}

/** Text in ASCII, other characters as `?`. */
export function ascii(text: string): string {
  return text
    .replaceAll('…', '...')
    .replaceAll('→', '->')
    .replace(/[^\x20-\x7e]/gu, '?');
}

/** Names listed before "and 7 more". */
const NAMES_MAX = 5;

export function listText(names: readonly string[], count: number, noun: string): string {
  const listed = names.slice(0, NAMES_MAX).join(', ');
  return count <= Math.min(names.length, NAMES_MAX)
    ? listed
    : `${countText(count)} ${noun}s: ${listed} and ${countText(count - Math.min(names.length, NAMES_MAX))} more`;
}

export const hostText = ({ address, isOurs }: Host) => (isOurs ? `${address} (yours)` : address);

/** A whole number with its thousands grouped by commas. */
export const countText = (count: number) => Math.round(count).toLocaleString('en-US');

/** `2026-01-05 09:00:00 UTC`. */
export const timeText = (iso: string) => iso.replace('T', ' ').replace('Z', ' UTC');

/** `packetsPerSecond` as `packets per second`. */
export const figureName = (name: string) => name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

function figureValue(name: string, value: number): string {
  if (/share$|^probability$/i.test(name)) return `${Number((value * 100).toFixed(1))}%`;
  return Math.abs(value) < 10 ? String(Number(value.toPrecision(3))) : countText(value);
}

/** Figures as `failed share 95% (usual 20%)`. */
export function figureTexts({ observed, expected, probability }: Finding): string[] {
  const figures = Object.entries(observed).map(([name, value]) => {
    const usual = expected[name];
    return `${figureName(name)} ${figureValue(name, value)}${usual === undefined ? '' : ` (usual ${figureValue(name, usual)})`}`;
  });
  const threshold = expected.probability;
  if (threshold === undefined) return figures;
  return [
    ...figures,
    `probability ${figureValue('probability', probability)} (threshold ${figureValue('probability', threshold)})`,
  ];
}

/** Account of a finding, `unknown` where the log says something else than twelve digits. */
export const accountText = (account: string) => (/^\d{12}$/.test(account) ? account : 'unknown');
