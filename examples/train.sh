#!/bin/bash
# Fits y = a x + b to noisy points by gradient descent and writes the model to the results folder.
# Give it to any cluster: orch submit interactive.yaml --script train.sh
set -euo pipefail
mkdir -p "$ORCH_RESULTS_DIR"
echo "job $ORCH_JOB_ID, attempt $ORCH_ATTEMPT, $(wc -l < "$ORCH_NODE_LIST") nodes"

awk 'BEGIN {
  srand(7)
  points = 200
  for (i = 0; i < points; i++) {
    x[i] = i / points
    y[i] = 3 * x[i] + 1 + (rand() - 0.5) / 10
  }
  for (epoch = 1; epoch <= 2000; epoch++) {
    da = db = loss = 0
    for (i = 0; i < points; i++) {
      error = a * x[i] + b - y[i]
      da += error * x[i]
      db += error
      loss += error * error
    }
    a -= 0.5 * da / points
    b -= 0.5 * db / points
    if (epoch % 500 == 0) printf "epoch %d loss %.5f\n", epoch, loss / points
  }
  printf "{\"a\": %.3f, \"b\": %.3f}\n", a, b > (ENVIRON["ORCH_RESULTS_DIR"] "/model.json")
}'
cat "$ORCH_RESULTS_DIR/model.json"
