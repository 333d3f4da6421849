// The CDK app: reads the owner's configuration and defines the stack. `cdk synth` and `cdk deploy` run it.
import { App } from 'aws-cdk-lib';
import { readConfig } from './config.ts';
import { enforceRules } from './nag.ts';
import { bundledCode } from './node-function.ts';
import { defineStack } from './stack.ts';

const app = new App();
const config = readConfig(app.node.getAllContext());

if (config.ok) {
  const stack = defineStack(app, config.value, bundledCode);
  enforceRules(app, stack, config.value);
} else {
  process.stderr.write(`Trackkeeper cannot be configured like this:\n${config.problems.join('\n')}\n`);
  process.exitCode = 1;
}
