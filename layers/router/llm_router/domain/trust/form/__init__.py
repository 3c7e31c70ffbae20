"""The form of an answer, with regard to its question: whose words it has, what they decline."""
