"""Vectors of texts, from a model that the operator has put on this machine; none is shipped and nothing is fetched.

``open_vectors`` reads either word vectors in a numpy archive (``.npz`` with ``words``, a list of strings, and
``vectors``, one row a word) or a sentence model in ONNX (``.onnx`` with the ``vocab.txt`` of its BERT word pieces
beside it; needs onnxruntime, which is imported only then). A text's vector has length 1, or 0 where no word of it is
known. Likeness without a model is complete; vectors only add a reason to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from importlib import import_module
from importlib.util import find_spec
from itertools import groupby
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from jinzhi.kernel.tokens import is_han, tokenise

Array = np.ndarray
#: pieces of a text that a sentence model is given, its two marks counted in; the rest is left out
PIECES = 512


class VectorsRefused(ValueError):
    """There is no usable model at a path; the message says what to do, in Chinese and English."""

    def __init__(self, zh: str, en: str):
        super().__init__(zh)
        self.zh, self.en = zh, en


class Vectors(Protocol):
    """A model. ``name`` is shown with every likeness that rests on it."""

    name: str

    def encode(self, texts: Sequence[str]) -> Array:
        """One row a text, of length 1 or 0."""


def cosines(model: Vectors, subject: str, others: Sequence[str]) -> Array:
    """How near each of some texts lies to one: from -1 to 1, 0 where a text has no vector."""
    rows = model.encode([subject, *others])
    found: Array = rows[1:] @ rows[0]
    return found


def open_vectors(path: Path) -> Vectors:
    """The model at a path. Raises VectorsRefused."""
    if not path.exists():
        raise VectorsRefused(f"没有向量模型文件 {path}", f"there is no model at {path}")
    match path.suffix:
        case ".npz":
            return WordVectors(path)
        case ".onnx":
            if find_spec("onnxruntime") is None:
                raise VectorsRefused(
                    "读取 .onnx 需要先安装 onnxruntime；或改用 .npz 词向量",
                    "an .onnx model needs onnxruntime to be installed; or use word vectors in .npz",
                )
            session = import_module("onnxruntime").InferenceSession(str(path), providers=["CPUExecutionProvider"])
            return SentenceModel(path, session)
    raise VectorsRefused(f"向量模型应为 .npz 或 .onnx：{path.name}", f"a model is .npz or .onnx: {path.name}")


def unit(rows: Array) -> Array:
    """Rows made 1 long; those of 0 stay."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    made: Array = np.divide(rows, lengths, out=np.zeros_like(rows), where=lengths > 0)
    return made


class WordVectors:
    """The mean of the vectors of a text's words, cut greedily into the longest words that the model knows."""

    def __init__(self, path: Path):
        try:
            with np.load(path, allow_pickle=False) as held:
                words, vectors = held["words"].tolist(), np.asarray(held["vectors"], dtype=np.float32)
        except (KeyError, ValueError, OSError) as error:
            raise VectorsRefused(
                f"{path.name} 应含 words（字符串）和 vectors（每词一行）两个数组",
                f"{path.name} must hold the arrays words (strings) and vectors (one row a word)",
            ) from error
        if vectors.ndim != 2 or len(words) != len(vectors):
            raise VectorsRefused(
                f"{path.name} 的 words 有 {len(words)} 个，vectors 形状为 {vectors.shape}，应当一一对应",
                f"{path.name}: {len(words)} words and vectors of shape {vectors.shape} do not correspond",
            )
        self.name = path.name
        self._places = {str(word).casefold(): at for at, word in enumerate(words)}
        self._vectors = vectors
        self._longest = max(map(len, self._places), default=1)

    def words(self, text: str) -> Iterator[str]:
        """The known words of a text."""
        tokens = tokenise([text])
        for run, group in groupby(zip(tokens.runs, tokens.texts, strict=True), key=lambda one: one[0]):
            texts = [one for _, one in group]
            yield from self._cut("".join(texts)) if run >= 0 else (one for one in texts if one in self._places)

    def _cut(self, run: str) -> Iterator[str]:
        at = 0
        while at < len(run):
            ends = range(min(len(run), at + self._longest), at, -1)
            end = next((end for end in ends if run[at:end] in self._places), None)
            if end is not None:
                yield run[at:end]
            at = end or at + 1

    def encode(self, texts: Sequence[str]) -> Array:
        rows = np.zeros((len(texts), self._vectors.shape[1]), dtype=np.float32)
        for at, text in enumerate(texts):
            places = [self._places[word] for word in self.words(text)]
            if places:
                rows[at] = self._vectors[places].mean(axis=0)
        return unit(rows)


class SentenceModel:
    """The mean of a BERT model's last layer over a text's word pieces."""

    def __init__(self, path: Path, session: Any):
        vocabulary = path.with_name("vocab.txt")
        if not vocabulary.exists():
            raise VectorsRefused(f"{path.name} 旁边没有 vocab.txt", f"there is no vocab.txt beside {path.name}")
        self.name, self._session = path.name, session
        self._ids = {line: at for at, line in enumerate(vocabulary.read_text("utf-8").splitlines())}
        missing = [mark for mark in ("[CLS]", "[SEP]", "[UNK]") if mark not in self._ids]
        if missing:
            raise VectorsRefused(f"vocab.txt 缺少 {missing[0]}", f"vocab.txt lacks {missing[0]}")

    def pieces(self, text: str) -> list[int]:
        """The word pieces of a text between the two marks."""
        found = [piece for word in tokenise([text]).texts for piece in self._pieces(word)]
        return [self._ids["[CLS]"], *found[: PIECES - 2], self._ids["[SEP]"]]

    def _pieces(self, word: str) -> Iterable[int]:
        if is_han(word):
            return [self._ids.get(word, self._ids["[UNK]"])]
        found: list[int] = []
        at = 0
        while at < len(word):
            prefix = "##" if at else ""
            end = next((e for e in range(len(word), at, -1) if prefix + word[at:e] in self._ids), None)
            if end is None:
                return [self._ids["[UNK]"]]
            found.append(self._ids[prefix + word[at:end]])
            at = end
        return found

    def encode(self, texts: Sequence[str]) -> Array:
        wanted = {one.name for one in self._session.get_inputs()}
        rows = []
        for text in texts:
            ids = np.array([self.pieces(text)], dtype=np.int64)
            given = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
            last = self._session.run(None, {name: value for name, value in given.items() if name in wanted})[0]
            rows.append(np.asarray(last, dtype=np.float32)[0].mean(axis=0))
        return unit(np.stack(rows))
