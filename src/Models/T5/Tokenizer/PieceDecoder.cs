using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;

namespace CogVideoX.Models.T5;

// Ids back to text (sentencepiece, sentencepiece_processor.cc, Decode): control pieces vanish, runs of byte pieces become the
// characters they spell, and the space that normalization put in front is taken away.
internal sealed class PieceDecoder(SentencePieceModel model)
{
    private const char EscapedSpace = '\u2581';

    private readonly StringBuilder text = new();
    private readonly List<byte> bytes = [];
    private bool atStart = true;
    private bool spaceTaken;

    public string Decode(ReadOnlySpan<int> ids)
    {
        foreach (int id in ids)
        {
            SentencePiece piece = model.Pieces[id];
            if (piece.Type == PieceType.Byte)
            {
                bytes.Add(SentencePieceModel.ByteOf(piece.Text));
                continue;
            }

            FlushBytes();
            atStart &= !spaceTaken && text.Length == 0;
            text.Append(Surface(piece));
        }

        FlushBytes();
        return text.ToString();
    }

    private string Surface(SentencePiece piece)
    {
        spaceTaken = false;
        return piece.Type switch
        {
            PieceType.Control => "",
            PieceType.Unknown => model.Trainer.UnknownSurface,
            _ => WithoutFirstSpace(piece.Text).Replace(EscapedSpace, ' '),
        };
    }

    // With extra whitespace removed, every space at the start goes, not just the one of the dummy prefix.
    private string WithoutFirstSpace(string piece)
    {
        NormalizerSpec spec = model.Normalizer;
        bool expected = atStart && (spec.AddDummyPrefix || spec.RemoveExtraWhitespaces);
        if (!expected || piece[0] != EscapedSpace)
            return piece;
        spaceTaken = !spec.RemoveExtraWhitespaces;
        return piece[1..];
    }

    // A byte that begins no character becomes U+FFFD by itself, where Encoding.UTF8 would join it with those after it.
    private void FlushBytes()
    {
        ReadOnlySpan<byte> rest = CollectionsMarshal.AsSpan(bytes);
        while (!rest.IsEmpty)
        {
            bool valid = Rune.DecodeFromUtf8(rest, out Rune rune, out int consumed) == OperationStatus.Done;
            text.Append(rune.ToString());
            rest = rest[(valid ? consumed : 1)..];
        }

        bytes.Clear();
    }
}
