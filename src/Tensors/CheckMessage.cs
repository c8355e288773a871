using System.Runtime.CompilerServices;

namespace CogVideoX.Tensors;

/// <summary>The message of a check, put together only where the check fails: a step that goes well allocates no text.</summary>
[InterpolatedStringHandler]
internal ref struct CheckMessage
{
    private DefaultInterpolatedStringHandler text;

    public CheckMessage(int literalLength, int formattedCount, bool holds, out bool isNeeded)
    {
        isNeeded = !holds;
        text = isNeeded ? new DefaultInterpolatedStringHandler(literalLength, formattedCount) : default;
    }

    public void AppendLiteral(string value) => text.AppendLiteral(value);

    public void AppendFormatted<T>(T value) => text.AppendFormatted(value);

    public string ToText() => text.ToStringAndClear();
}
