import { type DetectOptions, type DetectSummary, detect, detectInHistory } from '../../lib/detect.ts';
import { type Finding, SEVERITIES } from '../../lib/findings/finding.ts';
import type { LogObject } from '../../lib/flowlog/object.ts';
import { withThresholds } from '../../lib/model/thresholds.ts';
import { command, wordOption } from '../command.ts';
import { RejectedLines, writeFindings } from '../detection-folder.ts';
import { findingsText } from '../findings-table.ts';
import { folderStore } from '../folder-store.ts';
import { inputs } from '../inputs.ts';
import { LOG_OPTIONS, layoutOption, logPaths, settingsOption } from '../log-options.ts';
import { MODEL_OPTION, openModel } from '../model.ts';
import { defaultFormat, FINDING_FORMAT_OPTION, FINDING_FORMATS, print, printJson } from '../output.ts';
import { refuseNothing, warnOf, withProgress } from '../read-logs.ts';
import { ocsfText } from '../stored-findings.ts';
import { painter, widthOf } from '../terminal.ts';

/** Exit code with --fail-on when there is a finding of that severity or above. */
const FOUND = 2;

export const detectCommand = command({
  name: 'detect',
  summary: 'attacks in flow logs, each with its proof',
  usage: 'PATH... [--out DIR] [--history DIR] [--format table|json|ocsf] [OPTIONS]',
  details: [
    'PATH is a file, a folder, an s3:// address or - for standard input: text or Parquet, packed or not, as AWS delivers it.',
    'JSON on standard output is one object, {"findings": [...], "summary": {...}}; warnings and progress go to standard error.',
  ],
  options: {
    out: {
      type: 'string',
      value: 'DIR',
      meaning:
        'folder for findings.json, findings/, summaries/ (conversations in Parquet) and rejected/ (lines that are no records)',
    },
    history: {
      type: 'string',
      value: 'DIR',
      meaning:
        'folder that remembers: what came before is judged with it, and this run is kept for the next one; slow scans, beacons and what is new for a host show only so; your own lists of addresses are looked for in lists/bad, lists/tor and lists/mining of it, databases of countries and networks (.mmdb) in lists/origins',
    },
    format: FINDING_FORMAT_OPTION,
    'fail-on': {
      type: 'string',
      value: SEVERITIES.join('|'),
      meaning: 'exit with 2 when a finding of this severity or above exists',
    },
    model: MODEL_OPTION,
    ...LOG_OPTIONS,
  },
  examples: [
    { meaning: 'The attacks in a folder of logs', line: 'flowtrap detect logs' },
    {
      meaning: 'With what earlier runs have seen',
      line: 'flowtrap detect logs --history remembered',
    },
    {
      meaning: 'Kept in a folder, and as JSON for other programs',
      line: 'flowtrap detect logs --out found --format json',
    },
  ],
  async run({ positionals, values }) {
    const paths = logPaths(positionals);
    const format = wordOption(values.format ?? defaultFormat(), 'format', FINDING_FORMATS);
    const failOn = values['fail-on'] === undefined ? undefined : wordOption(values['fail-on'], 'fail-on', SEVERITIES);
    const layout = layoutOption(values);
    const settings = await settingsOption(values);
    const { out, history } = values;
    const rejected = out === undefined ? undefined : new RejectedLines(out);
    const classifier = withThresholds(await openModel(values.model), settings.thresholds);
    try {
      const { findings, summary } = await withProgress((onProgress) =>
        judged(inputs(paths, [out, history]), history, {
          classifier,
          settings,
          layout,
          onProgress,
          onRejected: rejected?.add.bind(rejected),
          nowSeconds: Date.now() / 1000,
          store: out === undefined ? undefined : folderStore(out),
        }),
      );
      rejected?.finish();
      warnOf(summary);
      refuseNothing(summary, paths);
      if (out !== undefined) await writeFindings(out, findings, summary);
      const told = findings.filter(({ suppressed }) => suppressed === undefined);
      if (format === 'json') await printJson({ findings, summary });
      else if (format === 'ocsf') await print(ocsfText(findings));
      else {
        const shown = { ...summary, findings: summary.findings - summary.suppressed };
        await print(findingsText(told, shown, widthOf(process.stdout), painter(process.stdout)));
      }
      const reached = told.some(({ severity }) => SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(failOn!));
      return failOn !== undefined && reached ? FOUND : 0;
    } finally {
      await classifier.close();
    }
  },
});

/** What the command prints: the same with and without history. */
interface Result {
  readonly findings: readonly Finding[];
  readonly summary: DetectSummary;
}

async function judged(
  objects: AsyncIterable<LogObject>,
  history: string | undefined,
  options: DetectOptions,
): Promise<Result> {
  if (history === undefined) return await detect(objects, options);
  return await detectInHistory(objects, { ...options, store: folderStore(history) });
}
