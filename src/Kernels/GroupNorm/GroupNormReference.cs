namespace CogVideoX.Kernels;

internal readonly partial struct GroupNorm
{
    /// <inheritdoc/>
    public void RunReference()
    {
        for (int b = 0; b < size.Batch; b++)
        {
            for (int group = 0; group < groups; group++)
                NormaliseGroup(b, group * (size.Channels / groups), (group + 1) * (size.Channels / groups));
        }
    }

    private void NormaliseGroup(int b, int firstChannel, int endChannel)
    {
        long first = b * size.Pixels, end = first + size.Pixels;
        double count = (double)size.Pixels * (endChannel - firstChannel), mean = 0, variance = 0;
        for (long pixel = first; pixel < end; pixel++)
        {
            for (int c = firstChannel; c < endChannel; c++)
                mean += x[pixel * size.Channels + c] / count;
        }
        for (long pixel = first; pixel < end; pixel++)
        {
            for (int c = firstChannel; c < endChannel; c++)
                variance += Math.Pow(x[pixel * size.Channels + c] - mean, 2) / count;
        }
        for (long pixel = first; pixel < end; pixel++)
        {
            for (int c = firstChannel; c < endChannel; c++)
            {
                double value = (x[pixel * size.Channels + c] - mean) / Math.Sqrt(variance + epsilon) * weight[c] + bias[c];
                if (!maps.IsNone)
                {
                    long at = MapOffset(pixel) + c;
                    value = value * maps.Scale[at] + maps.Shift[at];
                }
                y.Set(pixel * size.Channels + c, (float)(silu ? Silu.Exact(value) : value));
            }
        }
    }

    private long MapOffset(long pixel)
    {
        (int b, int f, int h, int w) = size.Position(pixel);
        return maps.Row(b, f, h, size) + maps.Column(w, size);
    }
}
