namespace CogVideoX.Models;

/// <summary>The members of <see cref="Conditions"/>, for sets of them.</summary>
[Flags]
internal enum ConditionParts
{
    Text = 1,
    ImageLatents = 2,
    ImageEmbedding = 4,
    Ofs = 8,
    FramesPerSecond = 16,
    MotionBucket = 32,
}
