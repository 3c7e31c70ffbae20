"""Pairs of answers as models really write them: which agree, which do not, whatever the form."""

import pytest

from llm_router.domain.agreement import agreement, comparable

TRUSTED = 0.85
DISTRUSTED = 0.51

QUESTIONS = {
    "word problem": "Janet's ducks lay 16 eggs per day. She eats 3 and bakes with 4. She sells the "
    "rest for $2 each. How much in dollars does she make every day?",
    "percentage": "A shirt of $40 is sold for $30. By what percentage was it reduced?",
    "code output": "You are given a Python function and an assertion. Complete the assertion with "
    "a literal.\n[PYTHON]\ndef f(text):\n    return text.strip()[::-1]\n"
    "assert f('  OOP ') == ??\n[/PYTHON]",
    "program": "What does this program print?\n```python\nprint(sorted({3, 1, 2}))\n```",
    "competition maths": "Let $x$ be a real number with $x^2 = 2$ and $x > 0$. Find the value of "
    "$\\frac{x}{2}$.",
    "domain": "Find the domain of the function $f(x) = \\sqrt{x} / (x - 1)$. Express your answer "
    "in interval notation.",
    "roots": "Find all roots of the equation $x^2 - 3x + 2 = 0$.",
    "line": "Determine the equation of the line through $(0, 3)$ with slope $2$.",
    "angle": "In triangle $ABC$, angle $A$ is $30^\\circ$ and angle $B$ is $60^\\circ$. What is "
    "angle $C$?",
    "letters": "Which planet is the largest?\n(A) Mars\n(B) Jupiter\n(C) Venus\n(D) Earth",
    "letters by dots": "What is the powerhouse of the cell?\n\nA. Nucleus\nB. Ribosome\n"
    "C. Mitochondrion\nD. Golgi apparatus\n\nAnswer with the letter only.",
    "zebra": "There are 3 houses, numbered 1 to 3 from left to right. Each has a different owner "
    "(Arnold, Eric, Peter) and a different drink (milk, tea, water).\n1. Eric drinks tea.\n"
    "2. Arnold lives in house 3.\n3. The water drinker is directly left of Eric.\n\nPresent your "
    'reasoning and solution in the following json format:\n\n```json\n{\n    "reasoning": "___",'
    '\n    "solution": {\n        "House 1": {"Name": "___", "Drink": "___"},\n        "House 2": '
    '{"Name": "___", "Drink": "___"},\n        "House 3": {"Name": "___", "Drink": "___"}\n    }'
    "\n}\n```",
    "fact": "What is the capital of Australia?",
    "person": "Who wrote the novel Frankenstein?",
    "date": "When did the Second World War end in Europe?",
    "yes or no": "Is 91 a prime number? Answer yes or no.",
    "boolean": "Did Aristotle use a laptop?",
    "sentiment": "Classify the sentiment of this review as positive, negative or neutral: "
    '"The food was cold and the waiter rude."',
    "topic": "Which category does this ticket belong to: billing, shipping, returns or other?\n\n"
    '"I was charged twice this month."',
    "entailment": "Premise: A man plays the guitar. Hypothesis: A man makes music. Does the "
    "premise entail the hypothesis? Answer with entailment, neutral or contradiction.",
    "extraction": 'Extract the order as JSON with the keys "item", "quantity" and "express".\n'
    '"Two boxes of pens, as fast as you can."',
}
ZEBRA = (
    '{"House 1": {"Name": "Peter", "Drink": "water"}, "House 2": {"Name": "Eric", "Drink": "tea"}, '
    '"House 3": {"Name": "Arnold", "Drink": "milk"}}'
)
ZEBRA_ANSWER = f'```json\n{{"reasoning": "Water is left of tea.", "solution": {ZEBRA}}}\n```'
ZEBRA_TABLE = (
    "Here is the solution:\n\n| House | Name | Drink |\n|---|---|---|\n| 1 | Peter | water |\n"
    "| 2 | Eric | tea |\n| 3 | Arnold | milk |"
)

SAME = [
    ("word problem", "9 eggs remain, so 9 * $2 = $18.\n\n#### 18", "18"),
    ("word problem", "She makes 18 dollars.", "**Answer:** $18.00"),
    ("word problem", r"Thus $\boxed{18}$.", "The final answer is **18 dollars** per day."),
    ("word problem", "16 - 3 - 4 = 9 and 9 * 2 = 18. So it's $18.", "Final answer: 18"),
    ("word problem", "18\n\nExplanation: 16 - 3 - 4 leaves 9 eggs at $2 each.", "18.0"),
    ("word problem", "9 * 2 = 18\n\n$18\n\nThe key steps are:\n1. Take 7 from 16.\n"
     "2. Multiply by 2.", "So the answer is 18."),
    ("word problem", "The total is 1,800 dollars.", r"\boxed{\$1{,}800}"),
    ("word problem", "Antwort: 18 Dollar", "Réponse : 18 dollars"),
    ("word problem", "Respuesta: 18", "Ответ: 18"),
    ("word problem", "答案：18", "She makes eighteen dollars a day."),
    ("word problem", "Die Antwort lautet 18.", "La réponse finale est **18**."),
    ("word problem", "La respuesta es 18 dólares.", "答案是18。"),
    ("word problem", '```json\n{"answer": "18"}\n```', "$$\\boxed{18\\text{ dollars}}$$"),
    ("percentage", "25%", "The price fell by 25 percent."),
    ("percentage", r"\boxed{25\%}", "Answer: 25"),
    ("code output", "**Answer:** 'POO'", "`'POO'`"),
    ("code output", "The output is `'POO'`.", "So the answer is 'POO'."),
    ("code output", "assert f('  OOP ') == 'POO'", "f('  OOP ') returns 'POO'."),
    ("code output", "Stripped it is 'OOP'.\n#### 'POO'", r"\boxed{'POO'}"),
    ("code output", "Final answer: `'POO'`", '{"answer": "\'POO\'"}'),
    ("code output", "**Answer:** POO", "'POO'"),
    ("code output", "**Answer:** POO.", '```json\n{"answer": "\'POO\'"}\n```'),
    ("code output", "**Output:** `POO`", "The answer is **'POO'**"),
    ("code output", "Reversing gives POO. So it's POO.", "Antwort: 'POO'"),
    ("code output", "答案：'POO'", "Result: 'POO'"),
    ("program", "It prints `[1, 2, 3]`.", "```\n[1, 2, 3]\n```"),
    ("program", "**Output:**\n```\n[1, 2, 3]\n```", "Output: [1, 2, 3]"),
    ("competition maths", r"$\boxed{\frac{\sqrt{2}}{2}}$", r"The answer is $\dfrac{\sqrt 2}{2}$."),
    ("competition maths", r"\boxed{\frac{1}{\sqrt{2}}}", r"\boxed{\frac{\sqrt{2}}{2}}"),
    ("competition maths", "Answer: sqrt(2)/2", r"\(\boxed{\tfrac{\sqrt{2}}{2}}\)"),
    ("competition maths", "Answer: √2/2", r"\boxed{0.5\sqrt{2}}"),
    ("competition maths", r"\boxed{\frac{1}{2}}", "1/2"),
    ("competition maths", r"\boxed{0.5}", r"Hence $x = \frac12$."),
    ("competition maths", r"\boxed{x = 3}", "3"),
    ("competition maths", r"\boxed{2x^2+3x}", r"\boxed{3x + 2x^{2}}"),
    ("competition maths", r"\boxed{(1, \frac{1}{2})}", r"$(x, y) = \boxed{\left(1, 0.5\right)}$"),
    ("competition maths", r"\boxed{6\pi}", "Answer: 6π"),
    ("domain", r"\boxed{[0, 1) \cup (1, \infty)}",
     r"The answer is $\left[0,1\right)\cup\left(1,\infty\right)$."),
    ("roots", r"\boxed{\{1, 2\}}", "Answer: {2, 1}"),
    ("roots", r"\boxed{1, 2}", r"\boxed{2, 1}"),
    ("roots", "The answer is x = 1 or x = 2.", r"\boxed{1, 2}"),
    ("line", r"\boxed{y = 2x + 3}", "Answer: y = 3 + 2x"),
    ("angle", r"\boxed{90^\circ}", "The answer is 90 degrees."),
    ("angle", "90°", r"$\boxed{90^{\circ}}$"),
    ("letters", "(B)", "B) Jupiter"),
    ("letters", "**B.** Jupiter is the largest.", r"\boxed{\text{(B)}}"),
    ("letters", "The answer is B", "Antwort: B"),
    ("letters", "Jupiter", '{"answer": "B"}'),
    ("letters", "答案：B", "Jupiter is by far the largest, so the answer is (B)."),
    ("letters by dots", "C", "**C. Mitochondrion**"),
    ("letters by dots", "Correct option: C", "The correct answer is option C."),
    ("zebra", ZEBRA_ANSWER, ZEBRA),
    ("zebra", ZEBRA_ANSWER, ZEBRA_TABLE),
    ("zebra", ZEBRA_ANSWER, ZEBRA_ANSWER.replace("Eric", "eric").replace("tea", "Tea")),
    ("fact", "Canberra", "The capital of Australia is **Canberra**."),
    ("fact", "**Answer:** Canberra", "The answer is Canberra."),
    ("fact", "Die Antwort ist Canberra.", "Respuesta: Canberra"),
    ("person", "Mary Shelley", "Frankenstein was written by Mary Shelley."),
    ("date", "8 May 1945", "Answer: May 8, 1945"),
    ("yes or no", "No", "**No**, 91 = 7 * 13."),
    ("yes or no", "91 is 7 times 13, so the answer is no.", "Final answer: No."),
    ("boolean", "No.", "False"),
    ("sentiment", "Negative", "The sentiment is **negative**."),
    ("sentiment", '{"sentiment": "negative"}', "Label: negative"),
    ("topic", "billing", "**Billing**"),
    ("topic", "Category: Billing", "This ticket belongs to billing."),
    ("entailment", "entailment", "Answer: Entailment."),
    ("extraction", '{"item": "pens", "quantity": 2, "express": true}',
     '```json\n{"express": true, "quantity": 2, "item": "Pens"}\n```'),
]  # fmt: skip

DIFFERENT = [
    ("word problem", "#### 18", "#### 16"),
    ("word problem", "18 dollars", "$1.80"),
    ("word problem", "Antwort: 18", "答案：19"),
    ("word problem", r"\boxed{18}", "16 - 3 - 4 = 9, so it's 9."),
    ("percentage", "25%", "33.3%"),
    ("percentage", "25%", "0.25%"),
    ("code output", "**Answer:** POO", "**Answer:** OOP"),
    ("code output", "**Answer:** 'POO'", "**Answer:** 'poo'"),
    ("code output", "f('  OOP ') returns 'POO'", "f('  OOP ') returns 'OOP'"),
    ("code output", "'POO '", "'POO'"),
    ("program", "[1, 2, 3]", "{1, 2, 3}"),
    ("program", "[1, 2, 3]", "[3, 1, 2]"),
    ("program", "Output: 1", "Output: True"),
    ("competition maths", r"\boxed{\frac{\sqrt{2}}{2}}", r"\boxed{\frac{\sqrt{3}}{2}}"),
    ("competition maths", r"\boxed{\frac{1}{2}}", r"\boxed{\frac{2}{1}}"),
    ("competition maths", r"\boxed{x^2}", r"\boxed{x_2}"),
    ("competition maths", r"\boxed{2^{10}}", r"\boxed{210}"),
    ("competition maths", r"\boxed{(1, 2)}", r"\boxed{(2, 1)}"),
    ("competition maths", r"\boxed{6\pi}", r"\boxed{6}"),
    ("domain", r"\boxed{[0, 1)}", r"\boxed{[0, 1]}"),
    ("domain", r"\boxed{[0, 1) \cup (1, \infty)}", r"\boxed{[0, \infty)}"),
    ("roots", r"\boxed{1, 2}", r"\boxed{1, 3}"),
    ("roots", r"\boxed{1, 2}", r"\boxed{1}"),
    ("line", r"\boxed{y = 2x + 3}", r"\boxed{y = 2x - 3}"),
    ("line", r"\boxed{2x - y + 3 = 0}", r"\boxed{x + 2y - 6 = 0}"),
    ("angle", r"\boxed{90^\circ}", r"\boxed{60^\circ}"),
    ("letters", "(B)", "(C)"),
    ("letters", "Jupiter", "Answer: A"),
    ("letters by dots", "C. Mitochondrion", "A. Nucleus"),
    ("zebra", ZEBRA_ANSWER, ZEBRA.replace("Peter", "?").replace("Eric", "Peter").replace("?", "E")),
    ("zebra", ZEBRA_TABLE, ZEBRA.replace("milk", "water")),
    ("zebra", ZEBRA_ANSWER, ZEBRA.replace("tea", "milk", 1)),
    ("fact", "Canberra", "Sydney"),
    ("fact", "The capital of Australia is Canberra.", "The capital of Australia is Sydney."),
    ("person", "Mary Shelley", "Percy Shelley"),
    ("date", "8 May 1945", "2 September 1945"),
    ("yes or no", "No", "Yes"),
    ("yes or no", "No, it is 7 * 13.", "Yes, it is prime."),
    ("boolean", "No, he did not.", "True"),
    ("sentiment", "negative", "positive"),
    ("sentiment", "The sentiment is negative.", "The sentiment is neutral."),
    ("sentiment", "The sentiment is negative.", "The sentiment is not negative."),
    ("topic", "Category: billing", "Category: returns"),
    ("entailment", "entailment", "neutral"),
    ("extraction", '{"item": "pens", "quantity": 2, "express": true}',
     '{"item": "pens", "quantity": 2, "express": false}'),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "first", "second"), SAME)
def test_answers_of_one_meaning_agree(kind: str, first: str, second: str) -> None:
    assert agreement(QUESTIONS[kind], first, second) > TRUSTED


@pytest.mark.parametrize(("kind", "first", "second"), DIFFERENT)
def test_answers_of_another_meaning_are_not_trusted(kind: str, first: str, second: str) -> None:
    assert agreement(QUESTIONS[kind], first, second) < DISTRUSTED


@pytest.mark.parametrize("kind", QUESTIONS)
def test_second_opinions_are_worth_asking_where_a_result_is_wanted(kind: str) -> None:
    assert comparable(QUESTIONS[kind])


@pytest.mark.parametrize(
    "question",
    [
        "Write a poem about the sea.",
        "Explain how photosynthesis works.",
        "Write a Python function that returns the largest of a list of numbers.",
        "Summarise the following article in three sentences.\n\nThe council met in 1998.",
        "Draft an e-mail that asks 3 suppliers for an offer.",
        "Describe what this program does:\n```python\nprint(sorted({3, 1, 2}))\n```",
        "How do I centre a div?",
        "What are the advantages and disadvantages of microservices?",
        "Give me some ideas for a birthday party.",
        "Why did the Roman empire fall?",
        "Translate into German: the cat sat on the mat.",
        "Fix the bug in this code:\n```python\ndef f(x):\n    return x +\n```",
        "Tell me about the history of Paris.",
        "What is recursion?",
        "What do you think of this plan?",
        "Compare Postgres and MySQL.",
    ],
)
def test_open_questions_get_no_second_opinion(question: str) -> None:
    assert not comparable(question)
