PYTHON ?= python3

.PHONY: install test lint bench joined model replies semantic soft forecast build

install:  ## install in place with the development tools
	$(PYTHON) -m pip install -e ".[dev]"

test:  ## run all tests
	$(PYTHON) -m pytest

lint:  ## style and types
	ruff check .
	ruff format --check .
	mypy

bench:  ## quality, tests of the evidence and speed (needs ../shared, and the extra [bench] for the other packages)
	$(PYTHON) benchmarks/quality.py -o benchmarks/QUALITY.md
	$(PYTHON) benchmarks/evidence.py -o benchmarks/EVIDENCE.md
	$(PYTHON) benchmarks/semantic_speed.py -o benchmarks/SEMANTIC_SPEED.md
	$(PYTHON) benchmarks/speed.py -o benchmarks/RESULTS.md
	$(PYTHON) benchmarks/replies.py -o benchmarks/REPLIES.md
	$(PYTHON) benchmarks/adaptation.py -o benchmarks/ADAPTATION.md
	$(PYTHON) benchmarks/ablation.py -o benchmarks/ABLATION.md
	$(PYTHON) benchmarks/conversations.py --dialogues $(DIALOGUES) -o benchmarks/CONVERSATIONS.md
	$(PYTHON) benchmarks/batch.py -o benchmarks/BATCH.md
	$(PYTHON) benchmarks/cluster.py -o docs/SIZING.md

SHARED ?= ../shared
DIALOGUES = $(SHARED)/conversations/helpdesk.jsonl.gz
GRADES = --grades data/public/grades.jsonl
PUBLIC = --stc3 $(DIALOGUES) --reviews $(SHARED)/unlabelled/reviews.jsonl.gz
SUREST = data/corpus/train.jsonl build/real_complaints.jsonl build/real.jsonl build/more_complaints.jsonl build/more.jsonl build/second.jsonl
TAUGHT = $(SUREST) build/later.jsonl build/reviews.jsonl build/votes.jsonl
VOTES = --duplicates keep --leaks drop
TYPICAL = --typical build/real_complaints.jsonl --typical build/more_complaints.jsonl
TESTS = --test $(SHARED)/labels/real_dev.jsonl --test data/corpus/test.jsonl

joined:  ## put the public texts back to their labels (needs ../shared, or your own copies)
	mkdir -p build
	$(PYTHON) data/join_public.py data/public/real_train_labels.jsonl -o build/real.jsonl $(GRADES) --complaints build/real_complaints.jsonl $(PUBLIC)
	$(PYTHON) data/join_public.py data/public/more_labels.jsonl -o build/more.jsonl $(GRADES) --complaints build/more_complaints.jsonl $(PUBLIC)
	$(PYTHON) data/join_public.py data/public/second_labels.jsonl -o build/second.jsonl $(GRADES) $(PUBLIC)
	$(PYTHON) data/join_public.py data/public/later_labels.jsonl -o build/later.jsonl $(GRADES) $(PUBLIC)
	$(PYTHON) data/join_public.py data/public/review_labels.jsonl -o build/reviews.jsonl $(PUBLIC)
	$(PYTHON) data/join_public.py data/public/votes_labels.jsonl -o build/votes.jsonl $(GRADES) $(PUBLIC)
	$(PYTHON) data/join_public.py data/public/soft_labels.jsonl.gz -o build/soft.jsonl $(PUBLIC)

model: joined  ## rebuild models/default
	temperament train $(TAUGHT) -o models/default \
		--start none $(VOTES) \
		$(TYPICAL) --soft build/soft.jsonl $(TESTS)

replies:  ## learn models/replies, the second reader of the reply checker, again
	$(PYTHON) -m temperament.reply.learning data/replies.jsonl -o models/replies/replies.json

semantic: joined  ## fine-tune models/semantic again (extra [finetune]; more than an hour on two cores)
	temperament train $(TAUGHT) -o models/semantic $(VOTES) \
		$(TYPICAL) $(addprefix --last ,$(SUREST)) --kind encoder $(TESTS)

soft:  ## let models/semantic read 5,000 public reviews and the unlabelled turns for models/default
	$(PYTHON) data/read_softly.py -o data/public/soft_labels.jsonl.gz $(PUBLIC) \
		--count 5000 --without data/public/real_train_labels.jsonl data/public/real_dev_labels.jsonl data/public/more_labels.jsonl data/public/later_labels.jsonl data/public/review_labels.jsonl

forecast:  ## rebuild models/forecast from your copy of the customer–helpdesk dialogues (two minutes)
	$(PYTHON) benchmarks/fit_forecast.py $(DIALOGUES) -o models/forecast

build:  ## build the wheel
	$(PYTHON) -m pip wheel --no-deps -w dist .
