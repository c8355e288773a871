using System.Text;
using System.Text.Unicode;
using Google.Protobuf;

namespace CogVideoX.Models.T5;

// Reads the message ModelProto of sentencepiece_model.proto (google/sentencepiece). Fields that don't matter here are skipped.
internal sealed class ModelProtoReader
{
    private const uint VarintType = 0, BytesType = 2, EndGroupType = 4, FloatType = 5;

    public List<SentencePiece> Pieces { get; } = [];

    public TrainerSpec Trainer { get; } = new();

    public NormalizerSpec Normalizer { get; } = new();

    public static ModelProtoReader Read(byte[] bytes)
    {
        var reader = new ModelProtoReader();
        reader.ReadModel(new CodedInputStream(bytes));
        return reader;
    }

    // All models in use have both specs, behind the pieces: without them the file was cut between two fields, where
    // protobuf sees nothing wrong, and text would be normalized otherwise than for training.
    private void ReadModel(CodedInputStream input)
    {
        bool hasTrainer = false, hasNormalizer = false;
        while (NextTag(input) is var tag and not 0)
        {
            switch (tag)
            {
                case (1 << 3) | BytesType:
                    Pieces.Add(ReadPiece(Nested(input)));
                    break;
                case (2 << 3) | BytesType:
                    ReadTrainer(Nested(input));
                    hasTrainer = true;
                    break;
                case (3 << 3) | BytesType:
                    ReadNormalizer(Nested(input));
                    hasNormalizer = true;
                    break;
                default:
                    input.SkipLastField();
                    break;
            }
        }

        if (!hasTrainer || !hasNormalizer)
            throw new InvalidDataException("it ends before its settings for training and normalization.");
    }

    private SentencePiece ReadPiece(CodedInputStream input)
    {
        string text = "";
        float score = 0;
        int type = (int)PieceType.Normal;
        while (NextTag(input) is var tag and not 0)
        {
            switch (tag)
            {
                case (1 << 3) | BytesType:
                    text = ReadText(input, $"piece {Pieces.Count}");
                    break;
                case (2 << 3) | FloatType:
                    score = input.ReadFloat();
                    break;
                case (3 << 3) | VarintType:
                    type = input.ReadEnum();
                    break;
                default:
                    input.SkipLastField();
                    break;
            }
        }

        if (text.Length == 0)
            throw new InvalidDataException($"piece {Pieces.Count} is empty.");
        if (!Enum.IsDefined((PieceType)type))
            throw new InvalidDataException($"piece {Pieces.Count} has the unknown type {type}.");
        return new SentencePiece(text, score, (PieceType)type);
    }

    private void ReadTrainer(CodedInputStream input)
    {
        while (NextTag(input) is var tag and not 0)
        {
            switch (tag)
            {
                case (3 << 3) | VarintType:
                    Trainer.ModelType = input.ReadEnum();
                    break;
                case (24 << 3) | VarintType:
                    Trainer.TreatWhitespaceAsSuffix = input.ReadBool();
                    break;
                case (35 << 3) | VarintType:
                    Trainer.ByteFallback = input.ReadBool();
                    break;
                case (44 << 3) | BytesType:
                    Trainer.UnknownSurface = ReadText(input, "the surface of unknown pieces");
                    break;
                default:
                    input.SkipLastField();
                    break;
            }
        }
    }

    private void ReadNormalizer(CodedInputStream input)
    {
        while (NextTag(input) is var tag and not 0)
        {
            switch (tag)
            {
                case (2 << 3) | BytesType:
                    Normalizer.CharacterMap = ReadCharacterMap(input);
                    break;
                case (3 << 3) | VarintType:
                    Normalizer.AddDummyPrefix = input.ReadBool();
                    break;
                case (4 << 3) | VarintType:
                    Normalizer.RemoveExtraWhitespaces = input.ReadBool();
                    break;
                case (5 << 3) | VarintType:
                    Normalizer.EscapeWhitespaces = input.ReadBool();
                    break;
                default:
                    input.SkipLastField();
                    break;
            }
        }
    }

    // An empty map is how the "identity" normalization is stored.
    private static CharacterMap? ReadCharacterMap(CodedInputStream input)
    {
        ByteString map = input.ReadBytes();
        return map.IsEmpty ? null : CharacterMap.Parse(map.Span);
    }

    // 0 at the end. A stray end of group is refused here because SkipLastField treats it as the caller's mistake.
    private static uint NextTag(CodedInputStream input)
    {
        uint tag = input.ReadTag();
        if ((tag & 7) == EndGroupType)
            throw new InvalidDataException("a group ends that never began.");
        return tag;
    }

    private static CodedInputStream Nested(CodedInputStream input) => input.ReadBytes().CreateCodedInput();

    private static string ReadText(CodedInputStream input, string what)
    {
        ByteString bytes = input.ReadBytes();
        if (bytes.Length > SentencePieceModel.LongestPiece)
            throw new InvalidDataException($"{what} is {bytes.Length} bytes long; at most {SentencePieceModel.LongestPiece} make sense.");
        if (!Utf8.IsValid(bytes.Span))
            throw new InvalidDataException($"{what} isn't valid UTF-8.");
        return Encoding.UTF8.GetString(bytes.Span);
    }
}
