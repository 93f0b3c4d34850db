"""Vectors from an operator's model: what is refused, how texts are cut, how near they lie."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from jinzhi.engines.vectors import SentenceModel, VectorsRefused, cosines, open_vectors


@pytest.fixture
def model(tmp_path):
    path = tmp_path / "words.npz"
    np.savez(path, words=np.array(["电池", "锂电池", "水泵", "PET"]), vectors=np.eye(4, 3, dtype=np.float32))
    return open_vectors(path)


def test_a_text_is_cut_into_the_longest_words_known(model):
    assert list(model.words("新锂电池，电池与pet水泵")) == ["锂电池", "电池", "pet", "水泵"]


def test_a_vector_has_length_one_or_none(model):
    rows = model.encode(["电池 水泵", "没有"])
    assert np.linalg.norm(rows[0]) == pytest.approx(1)
    assert not rows[1].any()


def test_the_same_words_lie_nearest(model):
    near = cosines(model, "电池", ["电池", "电池水泵", "水泵", "？"])
    assert near.tolist() == pytest.approx([1, 0.5**0.5, 0, 0])


@pytest.mark.parametrize("name", ["absent.npz", "model.bin"])
def test_a_path_without_a_model_says_what_to_do(tmp_path, name):
    (tmp_path / "model.bin").write_bytes(b"")
    with pytest.raises(VectorsRefused, match="向量模型"):
        open_vectors(tmp_path / name)


def test_arrays_that_do_not_correspond_are_refused(tmp_path):
    np.savez(tmp_path / "a.npz", words=np.array(["电"]), vectors=np.zeros((2, 3)))
    with pytest.raises(VectorsRefused, match="一一对应"):
        open_vectors(tmp_path / "a.npz")
    np.savez(tmp_path / "b.npz", other=np.zeros(1))
    with pytest.raises(VectorsRefused, match="vectors"):
        open_vectors(tmp_path / "b.npz")


def test_pickled_objects_are_never_run(tmp_path):
    np.savez(tmp_path / "a.npz", words=np.array([object()], dtype=object), vectors=np.zeros((1, 3)))
    with pytest.raises(VectorsRefused):
        open_vectors(tmp_path / "a.npz")


def test_onnx_without_its_runtime_says_so(tmp_path, monkeypatch):
    (tmp_path / "model.onnx").write_bytes(b"")
    monkeypatch.setattr("jinzhi.engines.vectors.find_spec", lambda name: None)
    with pytest.raises(VectorsRefused, match="onnxruntime"):
        open_vectors(tmp_path / "model.onnx")


class Session:
    """What onnxruntime gives: the piece's own number as its vector."""

    def get_inputs(self):
        return [SimpleNamespace(name="input_ids"), SimpleNamespace(name="attention_mask")]

    def run(self, _names, given):
        assert set(given) == {"input_ids", "attention_mask"}
        return [np.stack([given["input_ids"], np.ones_like(given["input_ids"])], axis=-1)]


def test_a_sentence_is_cut_into_the_pieces_of_its_vocabulary(tmp_path):
    (tmp_path / "vocab.txt").write_text("[CLS]\n[SEP]\n[UNK]\n电\nbat\n##tery\n", encoding="utf-8")
    model = SentenceModel(tmp_path / "model.onnx", Session())
    assert model.pieces("电池 battery xyz") == [0, 3, 2, 4, 5, 2, 1]
    assert len(model.pieces("电" * 2000)) == 512
    assert np.linalg.norm(model.encode(["电"])[0]) == pytest.approx(1)


def test_a_vocabulary_without_its_marks_is_refused(tmp_path):
    with pytest.raises(VectorsRefused, match=r"vocab\.txt"):
        SentenceModel(tmp_path / "model.onnx", Session())
    (tmp_path / "vocab.txt").write_text("[CLS]\n", encoding="utf-8")
    with pytest.raises(VectorsRefused, match=r"\[SEP\]"):
        SentenceModel(tmp_path / "model.onnx", Session())
