/**
 * The folder that takes the place of a findings bucket:
 *
 *   findings.json                                          this run: {findings, summary}
 *   findings/day=YYYY-MM-DD/<id>.json                      one file for each finding, by the day it began
 *   summaries/day=YYYY-MM-DD/hour=HH/<digest>.parquet      conversations of one object, to be merged with others
 *   rejected/<object>.log                                  lines that are no records: number, reason, text
 *
 * The summaries are written while objects are read, by the store that the folder is.
 */
import { createHash } from 'node:crypto';
import { closeSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { DetectSummary } from '../lib/detect.ts';
import type { Finding } from '../lib/findings/finding.ts';
import type { MalformedReason } from '../lib/flowlog/report.ts';
import { discardLater, partialOf, writeWhole } from './output-file.ts';
import { visible } from './terminal.ts';

export async function writeFindings(directory: string, findings: readonly Finding[], summary: DetectSummary) {
  for (const finding of findings) {
    const day = finding.firstSeen.slice(0, 10);
    await writeWhole(join(directory, 'findings', `day=${day}`, `${finding.id}.json`), [jsonText(finding)]);
  }
  await writeWhole(join(directory, 'findings.json'), [jsonText({ findings, summary })]);
}

function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** Characters of an object's name kept in a file name: file systems end at 255 bytes. */
const NAME_CHARACTERS_MAX = 120;

/** A file name for an object: its harmless characters, none that leads out of the folder, and a digest that keeps names apart. */
export function fileNameOf(objectName: string): string {
  const digest = createHash('sha256').update(objectName).digest('hex').slice(0, 8);
  const harmless = objectName.replace(/[^A-Za-z0-9._=-]+/g, '_').replace(/\.{2,}/g, '.');
  return `${harmless.slice(-NAME_CHARACTERS_MAX).replace(/^[._-]+/, '')}-${digest}.log`;
}

/** Bytes of lines gathered before they are written. */
const BUFFER_CHARACTERS = 65_536;

/**
 * Lines that are no records, one file for each object that has any. Written while the object is read, without waiting, since a log may
 * consist of nothing else; objects come one after another, so one file is open at a time.
 */
export class RejectedLines {
  readonly #directory: string;
  #current: { source: string; path: string; partial: string; file: number } | undefined;
  #text = '';

  constructor(directory: string) {
    this.#directory = join(directory, 'rejected');
  }

  add(source: string, ordinal: number, reason: MalformedReason, text: string): void {
    if (this.#current?.source !== source) {
      this.finish();
      this.#begin(source);
    }
    this.#text += `${ordinal}\t${reason}\t${visible(text)}\n`;
    if (this.#text.length >= BUFFER_CHARACTERS) this.#flush();
  }

  /** Closes the file of the last object; called once all are read. */
  finish(): void {
    if (this.#current === undefined) return;
    this.#flush();
    const { file, partial, path } = this.#current;
    closeSync(file);
    renameSync(partial, path);
    this.#current = undefined;
  }

  #begin(source: string): void {
    const path = join(this.#directory, fileNameOf(source));
    const partial = partialOf(path);
    mkdirSync(dirname(path), { recursive: true });
    discardLater(partial);
    this.#current = { source, path, partial, file: openSync(partial, 'w') };
  }

  #flush(): void {
    writeSync(this.#current!.file, this.#text);
    this.#text = '';
  }
}
