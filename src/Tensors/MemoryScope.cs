namespace CogVideoX.Tensors;

/// <summary>
/// The tensors made since <see cref="Memory.Scope"/> die when this is disposed, but for those that were kept. Scopes end once each, the
/// inner before the outer, as <c>using</c> has it.
/// </summary>
public readonly struct MemoryScope : IDisposable
{
    private readonly Memory memory;
    private readonly int depth;
    private readonly long serial;

    internal MemoryScope(Memory memory, int depth, long serial)
    {
        this.memory = memory;
        this.depth = depth;
        this.serial = serial;
    }

    /// <summary>Hands a tensor to the scope around this one, so that it can be returned.</summary>
    /// <exception cref="TensorException">This scope has ended.</exception>
    public Tensor Keep(Tensor tensor)
    {
        memory.Move(tensor, depth - 1, depth, serial);
        return tensor;
    }

    /// <summary>Hands a tensor that an inner scope made to this one.</summary>
    /// <exception cref="TensorException">This scope has ended.</exception>
    public Tensor Adopt(Tensor tensor)
    {
        memory.Move(tensor, depth, depth, serial);
        return tensor;
    }

    /// <summary>Ends the scope.</summary>
    /// <exception cref="TensorException">It has ended already, or one inside it hasn't; no tensor dies.</exception>
    public void Dispose() => memory.End(depth, serial);
}
