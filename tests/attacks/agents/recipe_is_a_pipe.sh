# tries: to stop the loop at a pipe in the place of its proposal
# expect: rejected train.cpp

lab=$1
rm train.cpp
mkfifo train.cpp
