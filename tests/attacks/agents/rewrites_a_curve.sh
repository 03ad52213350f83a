# tries: to make rivals look slow by the training curve of the best run
# expect: rejected steps.tsv was added

lab=$1
echo 'step	tokens' > "$lab/.tern/experiments/0001/1/run/steps.tsv"
sed -i "s/    \/\/ overrides begin/    \/\/ overrides begin\n    quality = 0.3;/" train.cpp
