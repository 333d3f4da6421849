// The defaults of all Lambda functions, in one place.
import { join } from 'node:path';
import { Duration, RemovalPolicy, type Stack } from 'aws-cdk-lib';
import { Effect, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { bundleFunction, type FunctionName } from './bundle.ts';
import type { Config } from './config.ts';
import { functionTimeoutSeconds } from './shared-settings.ts';

/** The source of a function's code: the bundler for deployments, a stand-in where only the template matters. */
export type FunctionCode = (name: FunctionName) => Code;

/** The asset's hash covers the bundle alone, so an unchanged function is not deployed again. */
export const bundledCode: FunctionCode = (name) => {
  const folder = join(import.meta.dirname, '..', 'dist', name);
  bundleFunction(name, folder);
  return Code.fromAsset(folder);
};

type NodeFunctionProps = {
  name: FunctionName;
  description: string;
  code: FunctionCode;
  config: Config;
  memorySize: number;
  environment: Record<string, string>;
  /** All permissions besides writing its own log. */
  allow: PolicyStatement[];
};

export function defineNodeFunction(stack: Stack, id: string, props: NodeFunctionProps): LambdaFunction {
  const logGroup = defineLogGroup(stack, `${id}Log`, props.config);
  // Deliberately not AWSLambdaBasicExecutionRole, which allows writing to every log group of the account.
  const role = new Role(stack, `${id}Role`, { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });

  return new LambdaFunction(stack, id, {
    description: props.description,
    runtime: Runtime.NODEJS_24_X,
    architecture: Architecture.ARM_64,
    code: props.code(props.name),
    handler: 'index.handler',
    timeout: Duration.seconds(functionTimeoutSeconds[props.name]),
    memorySize: props.memorySize,
    environment: props.environment,
    logGroup,
    role,
    initialPolicy: [allow(['logs:CreateLogStream', 'logs:PutLogEvents'], [logGroup.logGroupArn]), ...props.allow],
  });
}

/** Logs are not the owner's data: they are deleted with the stack, or when they expire. */
export function defineLogGroup(stack: Stack, id: string, { logRetentionDays }: Config): LogGroup {
  return new LogGroup(stack, id, { retention: logRetentionDays, removalPolicy: RemovalPolicy.DESTROY });
}

/** Written by hand instead of by `grant…`, which allows more than these functions need. */
export function allow(actions: string[], resources: string[], conditions: Conditions = {}): PolicyStatement {
  return new PolicyStatement({ effect: Effect.ALLOW, actions, resources, conditions });
}

/** IAM's operator, then its key: `{ StringLike: { 's3:prefix': 'schedule/*' } }`. */
type Conditions = Record<string, Record<string, string>>;
