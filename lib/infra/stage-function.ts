/**
 * The function of a stage: its code, role, log group and alarms.
 */
import { Duration, RemovalPolicy, type Size } from 'aws-cdk-lib';
import { type PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { SERVICE_VARIABLE, VARIABLES, type Variables } from '../environment.ts';
import { acknowledgeKeyPrefixes } from './acknowledged.ts';
import { type FunctionName, functionCode } from './assets.ts';
import type { Installation } from './installation.ts';
import { writeLogs } from './permissions.ts';

export interface StageFunctionProps {
  readonly installation: Installation;
  readonly name: FunctionName;
  readonly description: string;
  readonly memory: Size;
  readonly timeout: Duration;
  readonly scores: boolean;
  readonly variables: Partial<Record<keyof Variables, string>>;
  /** What it may do besides writing its log. */
  readonly statements: readonly PolicyStatement[];
}

export class StageFunction extends Construct {
  readonly handler: LambdaFunction;
  readonly role: Role;
  readonly logs: LogGroup;
  readonly memory: Size;

  constructor(scope: Construct, id: string, props: StageFunctionProps) {
    super(scope, id);
    const { installation, name } = props;
    const { architecture, settings, service } = installation;
    this.memory = props.memory;
    this.logs = new LogGroup(this, 'Logs', {
      retention: installation.logRetention,
      encryptionKey: installation.encryptionKey,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.role = this.#role([writeLogs(this.logs), ...props.statements]);
    this.handler = new LambdaFunction(this, 'Function', {
      description: props.description,
      runtime: Runtime.NODEJS_24_X,
      architecture,
      handler: 'index.handler',
      code: functionCode({ name, architecture, settings, scores: props.scores }),
      memorySize: props.memory.toMebibytes(),
      timeout: props.timeout,
      role: this.role,
      logGroup: this.logs,
      environment: { [SERVICE_VARIABLE]: service, ...named(props.variables) },
    });
    this.#alarms(installation, name);
  }

  /** A role with just these statements; the managed policy for logs would reach every log group. */
  #role(statements: readonly PolicyStatement[]): Role {
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    for (const statement of statements) role.addToPrincipalPolicy(statement);
    acknowledgeKeyPrefixes(role, statements);
    return role;
  }

  #alarms({ alarms }: Installation, name: FunctionName): void {
    const fiveMinutes = { statistic: 'Sum', period: Duration.minutes(5) };
    alarms.watch('errors', name, this.handler.metricErrors(fiveMinutes));
    alarms.watch('throttles', name, this.handler.metricThrottles(fiveMinutes));
  }
}

function named(variables: Partial<Record<keyof Variables, string>>): Record<string, string> {
  const entries = Object.entries(variables) as [keyof Variables, string | undefined][];
  return Object.fromEntries(entries.flatMap(([key, value]) => (value === undefined ? [] : [[VARIABLES[key], value]])));
}
