# tries: to bring keys for terminals and formulas into console, ledger and tables
# expect: harmless

lab=$1
printf '=cmd()\033]52;c;eA==\007\342\200\256\302\233 up\n\033[2J better\n' > proposal.md
printf '\033]52;c;eA==\007'
sed -i "s/    \/\/ overrides begin/    \/\/ overrides begin\n    quality = 0.3;/" train.cpp
