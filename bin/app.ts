/**
 * The CDK app: one stack with what `flowtrap.config.ts` asks for.
 */
import { App, Stack } from 'aws-cdk-lib';
import { Architecture } from 'aws-cdk-lib/aws-lambda';
import { detectorProps, stackProps } from '../flowtrap.config.ts';
import { FlowLogDetector } from '../lib/infra/flow-log-detector.ts';

const ARCHITECTURES: Readonly<Record<string, Architecture>> = { arm64: Architecture.ARM_64, x64: Architecture.X86_64 };

/** Architecture by `-c architecture=x64`, which local emulators of AWS need on such a machine. */
function givenArchitecture(app: App): Architecture | undefined {
  const name: unknown = app.node.tryGetContext('architecture');
  if (name === undefined) return undefined;
  const architecture = ARCHITECTURES[String(name)];
  if (architecture === undefined)
    throw new Error(`architecture is ${name}, expected one of: ${Object.keys(ARCHITECTURES).join(', ')}`);
  return architecture;
}

const app = new App();
const stack = new Stack(app, 'Flowtrap', stackProps);
const props = detectorProps(stack);
// The name "Default" leaves no trace in the names of resources and outputs.
new FlowLogDetector(stack, 'Default', { ...props, architecture: givenArchitecture(app) ?? props.architecture });
