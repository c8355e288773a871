using CogVideoX.Pipelines.Media;
using SkiaSharp;

namespace CogVideoX.Pipelines.Tests.Media;

/// <summary>Pictures of colour types and sizes that a model doesn't take become RGB of its size, or are refused.</summary>
public class PictureKindTests
{
    private static readonly PixelSize Target = new(16, 16);

    [Theory]
    [InlineData(1, MadePng.Grey, new byte[] { 0b01000000 }, new byte[] { 0, 0, 0, 255, 255, 255 })]
    [InlineData(2, MadePng.Grey, new byte[] { 0b01100000 }, new byte[] { 85, 85, 85, 170, 170, 170 })]
    [InlineData(4, MadePng.Grey, new byte[] { 0x3F }, new byte[] { 51, 51, 51, 255, 255, 255 })]
    [InlineData(16, MadePng.Grey, new byte[] { 7, 200, 201, 3 }, new byte[] { 7, 7, 7, 201, 201, 201 })]
    [InlineData(8, 4, new byte[] { 7, 0, 200, 255 }, new byte[] { 7, 7, 7, 200, 200, 200 })]
    [InlineData(16, 4, new byte[] { 7, 9, 0, 0, 200, 9, 255, 255 }, new byte[] { 7, 7, 7, 200, 200, 200 })]
    [InlineData(16, MadePng.Rgba, new byte[] { 1, 9, 2, 9, 3, 9, 0, 0, 4, 9, 5, 9, 6, 9, 8, 8 }, new byte[] { 1, 2, 3, 4, 5, 6 })]
    public void A_png_of_any_depth_becomes_rgb(byte bits, byte colour, byte[] row, byte[] expected)
    {
        var picture = Load(MadePng.Make(2, 1, bits, colour, row));
        Assert.Equal(expected, picture.Rgb24);
        Assert.Equal(3 * 16 * 16, picture.FittedTo(Target).Rgb24.Length);
    }

    [Fact]
    public void A_palette_of_few_bits_becomes_rgb() =>
        Assert.Equal(
            [60, 50, 40, 9, 8, 7], Load(MadePng.Make(2, 1, 1, MadePng.Palette, [0b10000000], ("PLTE", [9, 8, 7, 60, 50, 40]))).Rgb24);

    [Theory]
    [InlineData(0)]
    [InlineData(77)]
    [InlineData(255)]
    public void A_grey_jpeg_becomes_rgb(byte value) =>
        Assert.All(Load(MadeJpeg.Make([value])).Rgb24, channel => Assert.Equal(value, channel));

    // Pillow takes four channels as Adobe stores them, inverted: red is cyan's share of what black leaves.
    [Theory]
    [InlineData(255, 255, 255, 255)]
    [InlineData(0, 128, 255, 255)]
    [InlineData(200, 100, 50, 180)]
    [InlineData(10, 240, 90, 0)]
    public void A_cmyk_jpeg_becomes_rgb(byte cyan, byte magenta, byte yellow, byte black)
    {
        byte[] pixel = Load(MadeJpeg.Make([cyan, magenta, yellow, black])).Rgb24[..3];
        byte[] channels = [cyan, magenta, yellow];
        Assert.All(channels.Zip(pixel), pair => Assert.InRange(pair.Second - pair.First * black / 255.0, -1, 1));
    }

    [Fact]
    public void Every_size_fits_down_to_one_pixel()
    {
        foreach (var (height, width) in new[] { (1, 1), (1, 2), (2, 1), (3, 5), (17, 1), (1, 15), (15, 17) })
        {
            byte[] png = MadePng.Make(width, height, 8, MadePng.Rgb, [.. Enumerable.Repeat((byte)9, 3 * width * height)]);
            foreach (ImageFit fit in Enum.GetValues<ImageFit>().Where(fit => fit != ImageFit.Pad || Math.Max(height, width) <= 16))
                Assert.All(Load(png).FittedTo(Target, fit).Rgb24, value => Assert.Equal(9, value));
        }
    }

    [Fact]
    public void A_header_that_claims_enormous_sizes_is_refused_before_pixels()
    {
        byte[] bmp =
        [
            .. "BM"u8, 70, 0, 0, 0, 0, 0, 0, 0, 54, 0, 0, 0, 40, 0, 0, 0, 0x60, 0xEA, 0, 0, 0x60, 0xEA, 0, 0, 1, 0, 24, 0,
            .. new byte[40],
        ];
        byte[] gif = Convert.FromBase64String("R0lGODlhAQABAIABAMgyCgAAACwAAAAAAQABAAACAkQBADs=");
        gif.AsSpan(6, 4).Fill(0xFF);
        Assert.Contains("60000×60000 pixels; at most", Refused(MadePng.Make(60_000, 60_000, 8, MadePng.Rgb, [0, 0, 0])));
        Assert.Contains("65500×65500 pixels; at most", Refused(MadeJpeg.Make([1], 65500, 65500)));
        Assert.Matches("pixels; at most|damaged BMP", Refused(bmp));
        Assert.Contains("65535×65535 pixels; at most", Refused(gif));
        Assert.Contains("damaged JPEG", Refused(MadeJpeg.Make([1], 0, 8)));
        Assert.Contains("damaged PNG", Refused(MadePng.Make(0, 8, 8, MadePng.Grey, [0])));
    }

    [Fact]
    public void Wherever_a_file_is_cut_off_it_is_refused_or_whole()
    {
        byte[] gif = Convert.FromBase64String("R0lGODlhAQABAIABAMgyCgAAACwAAAAAAQABAAACAkQBADs=");
        foreach (byte[] whole in new[] { NoiseJpeg(), MadePng.Make(4, 4, 8, MadePng.Rgba, Noise(64)), gif })
        {
            byte[] expected = Load(whole).Rgb24;
            for (int length = 1; length < whole.Length; length += Math.Max(1, whole.Length / 97))
            {
                try
                {
                    Assert.Equal(expected, Load(whole[..length]).Rgb24);
                }
                catch (InputException exception)
                {
                    Assert.Matches("cut off|damaged|known kind", exception.Message);
                }
            }
        }
    }

    private static byte[] NoiseJpeg()
    {
        using var bitmap = new SKBitmap(new SKImageInfo(32, 32, SKColorType.Rgba8888, SKAlphaType.Opaque));
        byte[] noise = Noise(3 * 1024);
        for (int i = 0; i < 1024; i++)
            bitmap.SetPixel(i % 32, i / 32, new SKColor(noise[3 * i], noise[3 * i + 1], noise[3 * i + 2]));
        using var encoded = bitmap.Encode(SKEncodedImageFormat.Jpeg, 90);
        return encoded.ToArray();
    }

    private static byte[] Noise(int length)
    {
        var noise = new byte[length];
        new Random(4).NextBytes(noise);
        return noise;
    }

    private static StillImage Load(byte[] file) => StillImage.Load(new MemoryStream(file));

    private static string Refused(byte[] file) => Assert.Throws<InputException>(() => Load(file)).Message;
}
