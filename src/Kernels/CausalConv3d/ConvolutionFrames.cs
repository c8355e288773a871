namespace CogVideoX.Kernels;

/// <summary>The frames that kernels of our compiler read: those of x, and before the first the history's, or the first again.</summary>
/// <typeparam name="T">BFloat16 or Half.</typeparam>
/// <param name="x">[B, F, H, W, C]</param>
/// <param name="history">[B, kt − 1, H, W, C] or null</param>
/// <param name="size">All sizes; a frame has less than 2³¹ bytes.</param>
internal readonly unsafe struct ConvolutionFrames<T>(Elements x, Elements history, ConvolutionSize size) where T : unmanaged
{
    private readonly byte* x = (byte*)x.Address, history = (byte*)history.Address;
    private readonly int frames = size.Input.Frames, past = size.KernelFrames - 1;
    private readonly int bytes = checked(size.Input.Height * size.Input.Width * size.Input.Channels * sizeof(T));

    /// <summary>The frames that one frame of the result depends on.</summary>
    /// <param name="frame">Counted through all batch items.</param>
    public FramesOfResult<T> Of(int frame)
    {
        int b = frame / frames, f = frame - b * frames;
        byte* present = x + (long)(frame - past) * bytes;
        return history == null
            ? new(x + (long)b * frames * bytes, 0, past - f, present, bytes)
            : new(history + ((long)b * past + f) * bytes, bytes, past - f, present, bytes);
    }
}

/// <summary>The frames that one frame of a result depends on, the earliest first.</summary>
/// <param name="past">The first of those before x.</param>
/// <param name="pastStep">Bytes from one of them to the next.</param>
/// <param name="pastCount">How many; 0 or less for none.</param>
/// <param name="present">Where the first would lie if all were in x.</param>
/// <param name="step">Bytes of a frame.</param>
internal readonly unsafe struct FramesOfResult<T>(byte* past, int pastStep, int pastCount, byte* present, int step) where T : unmanaged
{
    /// <summary>The first number of a frame.</summary>
    public T* this[int index]
    {
        get
        {
            byte* old = past + (long)index * pastStep, own = present + (long)index * step;
            return (T*)(index < pastCount ? old : own);
        }
    }
}
