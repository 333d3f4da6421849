import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Queues } from './queues.ts';

/** What of the stack has figures of its own in CloudWatch. */
export type Watched = {
  queues: Queues;
  api: HttpApi;
  receiver: LambdaFunction;
  archiver: LambdaFunction;
  sweeper: LambdaFunction;
};
