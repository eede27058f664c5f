import { score } from '../../lib/detectors/scored.ts';
import { type OwnThresholds, ownThresholds } from '../../lib/evaluate/own-thresholds.ts';
import { NetworkSet } from '../../lib/flowlog/network.ts';
import { alertsPerDayMax } from '../../lib/limits.ts';
import { command, numberOption, required, wordOption } from '../command.ts';
import { LOG_OPTIONS, layoutOption, logPaths, readText, settingsOption } from '../log-options.ts';
import { MODEL_OPTION, openModel } from '../model.ts';
import { defaultFormat, FORMAT_OPTION, FORMATS, print, printJson } from '../output.ts';
import { writeWhole } from '../output-file.ts';
import { readLogs } from '../read-logs.ts';
import { formatCount, visible } from '../terminal.ts';

/** Silenced alerts shown in the table; JSON has them all. */
const SILENCED_SHOWN = 10;

/** Less than this shows neither nights nor backups. */
const DAYS_MIN = 1;

export const calibrateCommand = command({
  name: 'calibrate',
  summary: 'thresholds for your network, from days of it that nobody has labelled',
  usage: 'PATH... --out SETTINGS.json [--alerts-per-day N]',
  details: [
    'PATH is a file, a folder, an s3:// address or - for standard input: a few ordinary days of your logs.',
    "For every class, the threshold becomes the lowest that would have raised no more alerts a day by the forest than wanted; never lower than the model's own. FILE holds your settings with these thresholds; give it to detect with --settings.",
    'The days are taken for innocent. Look at what is listed as silenced: an attack among it means that its days must not be used.',
  ],
  options: {
    out: { type: 'string', value: 'FILE', meaning: 'the settings file to write' },
    'alerts-per-day': {
      type: 'string',
      value: 'N',
      meaning: 'alerts a day of each class that are bearable (default: alertsPerDay of the settings)',
    },
    model: MODEL_OPTION,
    ...LOG_OPTIONS,
    format: FORMAT_OPTION,
  },
  examples: [
    { meaning: 'Thresholds from logs', line: 'flowtrap calibrate logs --out settings.json' },
    {
      meaning: 'Quieter: one alert a day of each class',
      line: 'flowtrap calibrate logs --alerts-per-day 1 --out quiet.json',
    },
  ],
  async run({ positionals, values }) {
    const paths = logPaths(positionals);
    const out = required(values.out, 'out', 'the settings file to write, such as --out settings.json');
    const format = wordOption(values.format ?? defaultFormat(), 'format', FORMATS);
    const layout = layoutOption(values);
    const settings = await settingsOption(values);
    const ours = new NetworkSet(settings.ourNetworks);
    const wanted = values['alerts-per-day'];
    const each = numberOption(wanted, 'alerts-per-day', 0, { least: 0, most: alertsPerDayMax, whole: true });
    const alertsPerDay =
      wanted === undefined
        ? settings.alertsPerDay
        : Object.fromEntries(Object.keys(settings.alertsPerDay).map((name) => [name, each]));
    // Of what the user wrote, so that defaults of this build do not become settings.
    const given = values.settings === undefined ? {} : JSON.parse(await readText(values.settings, 'settings'));
    const classifier = await openModel(values.model);
    try {
      const { conversations } = await readLogs(paths, { layout, ours });
      const found = ownThresholds(await score(conversations, classifier, ours), alertsPerDay);
      if (found.days < DAYS_MIN) {
        process.stderr.write(
          `flowtrap: warning: the logs cover ${(found.days * 24).toFixed(1)} hours, expected a day at least; what nights and backups look like is not in them\n`,
        );
      }
      const text = `${JSON.stringify({ ...given, thresholds: found.thresholds }, null, 2)}\n`;
      await writeWhole(out, [text]);
      if (format === 'json') await printJson({ file: out, ...found });
      else await print(changesText(out, found));
    } finally {
      await classifier.close();
    }
    return 0;
  },
});

const COLUMNS = ['class', 'shipped', 'yours', 'alerts before', 'after', 'highest score'] as const;

function changesText(out: string, { days, classes, silenced }: OwnThresholds): string {
  const rows = classes.map((one) => [
    one.class,
    one.shipped.toFixed(4),
    one.threshold === one.shipped ? 'same' : one.threshold.toFixed(4),
    formatCount(one.alertsBefore),
    formatCount(one.alertsAfter),
    one.highest === 0 ? '-' : one.highest.toFixed(4),
  ]);
  const widths = COLUMNS.map((head, i) => Math.max(head.length, ...rows.map((row) => row[i].length)));
  const line = (cells: readonly string[]) =>
    cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join('  ');
  const lines = [line(COLUMNS), ...rows.map(line), '', `${days.toFixed(1)} days, written to ${visible(out)}`];
  if (silenced.length === 0) return `${lines.join('\n')}\n`;
  const listed = silenced.slice(0, SILENCED_SHOWN).map(({ class: name, actor, day, score }) => {
    return `  ${name} by ${visible(actor)} on ${day}, score ${score.toFixed(4)}`;
  });
  const more = silenced.length - listed.length;
  return `${[...lines, '', 'No longer raised; make sure that none is an attack:', ...listed, ...(more > 0 ? [`  and ${formatCount(more)} more`] : [])].join('\n')}\n`;
}
