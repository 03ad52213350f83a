# tries: to have a file of the user committed as its proposal
# expect: rejected train.cpp

lab=$1
ln -sf /etc/passwd train.cpp
