"""How unlike everything learnt a conversation is: its distance from the training rows (Mahalanobis 1936)."""

from dataclasses import dataclass

import numpy as np

# Share of training rows that are beyond: one in a thousand is novel.
BEYOND_QUANTILE = 0.999
# Least deviation of a direction, so that features which hardly vary or say the same do not decide.
DEVIATION_MIN = 0.05
DIGITS = 4


@dataclass
class Distance:
    centre: np.ndarray  # features
    whitening: np.ndarray  # features × features: a row minus the centre times this has deviation 1 in every direction
    beyond: float  # distance that one training row in a thousand exceeds

    def of_rows(self, features: np.ndarray) -> np.ndarray:
        return np.sqrt(np.mean(((features - self.centre) @ self.whitening) ** 2, axis=1))

    def described(self) -> dict:
        """For the manifest, the matrix row by row."""
        return {"centre": self.centre.tolist(), "whitening": self.whitening.tolist(), "beyond": self.beyond}


def distance_of(features: np.ndarray) -> Distance:
    """Rounded as it stands in the manifest, so that the same is measured here and there."""
    centre = np.round(features.mean(axis=0, dtype=np.float64), DIGITS)
    covariance = np.cov(features.astype(np.float64), rowvar=False)
    values, vectors = np.linalg.eigh(covariance)
    whitening = (vectors / np.sqrt(np.maximum(values, DEVIATION_MIN**2))) @ vectors.T
    distance = Distance(centre, np.round(whitening, DIGITS), 0.0)
    distance.beyond = round(float(np.quantile(distance.of_rows(features), BEYOND_QUANTILE)), DIGITS)
    return distance
