"""The local classifier's weights: files beside the packaged policies, named by a policy."""

from functools import cache
from importlib import resources

from ..domain.classifier.local_classifier import LocalClassifier
from ..domain.classifier.weights_file import ClassifierError


@cache
def packaged_classifier(name: str) -> LocalClassifier:
    """The classifier in `policy/<name>.bin`; `ClassifierError` if there is none or not this one."""
    try:
        data = (resources.files("llm_router.policy") / f"{name}.bin").read_bytes()
    except OSError as error:
        raise ClassifierError(f"there is no file policy/{name}.bin") from error
    classifier = LocalClassifier.from_bytes(data)
    if classifier.version != name:
        raise ClassifierError(f"policy/{name}.bin holds the weights {classifier.version!r}")
    return classifier
