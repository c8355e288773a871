namespace CogVideoX.Models.T5;

/// <summary>An entry of a SentencePiece vocabulary; its id is its index.</summary>
/// <param name="Text">The piece, with U+2581 for a space.</param>
/// <param name="Score">Log probability; meaningful for <see cref="PieceType.Normal"/> only.</param>
/// <param name="Type">What the entry is for.</param>
internal sealed record SentencePiece(string Text, double Score, PieceType Type);
