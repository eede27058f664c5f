import { score } from '../../lib/detectors/scored.ts';
import { NetworkSet } from '../../lib/flowlog/network.ts';
import { withThresholds } from '../../lib/model/thresholds.ts';
import { command } from '../command.ts';
import { refuseToReplace } from '../inputs.ts';
import { LOG_OPTIONS, layoutOption, logPaths, settingsOption } from '../log-options.ts';
import { MODEL_OPTION, openModel } from '../model.ts';
import { print } from '../output.ts';
import { writeWhole } from '../output-file.ts';
import { readLogs } from '../read-logs.ts';
import { scoresCsv, scoresParquet } from '../scores.ts';
import { UsageError } from '../usage-error.ts';

export const scoreCommand = command({
  name: 'score',
  summary: 'every conversation with the probability of each class, as CSV or Parquet',
  usage: 'PATH... [--out FILE.csv|FILE.parquet] [--model FILE.onnx]',
  details: [
    'PATH is a file, a folder, an s3:// address or - for standard input.',
    "class is the likeliest attack class whose probability reaches the model's threshold for it, else benign; score is the highest probability of any attack class; p_CLASS are the probabilities, which add up to 1.",
    'In CSV, values are quoted by RFC 4180, and text that a spreadsheet would run as a formula (it begins with = + @ or with a hyphen and more) gets an apostrophe in front.',
  ],
  options: {
    out: {
      type: 'string',
      value: 'FILE',
      meaning: 'file to write, Parquet if it ends in .parquet (default: CSV on standard output)',
    },
    model: MODEL_OPTION,
    ...LOG_OPTIONS,
  },
  examples: [
    { meaning: 'The scores of a folder of logs', line: 'flowtrap score logs --out scores.csv' },
    { meaning: 'For DuckDB, Polars or pandas', line: 'flowtrap score logs --out scores.parquet' },
  ],
  async run({ positionals, values }) {
    const paths = logPaths(positionals);
    const { out } = values;
    if (out !== undefined && !/\.(csv|parquet)$/.test(out)) {
      throw new UsageError(`--out is "${out}", expected a name that ends in .csv or .parquet`);
    }
    if (out !== undefined) await refuseToReplace(paths, out);
    const layout = layoutOption(values);
    const settings = await settingsOption(values);
    const ours = new NetworkSet(settings.ourNetworks);
    const classifier = withThresholds(await openModel(values.model), settings.thresholds);
    try {
      const { conversations } = await readLogs(paths, { layout, ours });
      const scored = await score(conversations, classifier, ours);
      if (out === undefined) for (const piece of scoresCsv(scored)) await print(piece);
      else await writeWhole(out, out.endsWith('.csv') ? scoresCsv(scored) : scoresParquet(scored));
    } finally {
      await classifier.close();
    }
    return 0;
  },
});
