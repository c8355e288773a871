namespace CogVideoX.Tensors.Safetensors;

/// <summary>One tensor of a header: its bytes are <c>Begin</c> … <c>End</c> − 1 of the data that follow the header.</summary>
internal sealed record SafetensorsEntry(string Name, DType Type, Shape Shape, long Begin, long End)
{
    public long Bytes => End - Begin;
}
